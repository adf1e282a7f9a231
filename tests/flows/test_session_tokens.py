"""A signed-in person's programs call `/v1` with a token that ends with the session."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import httpx
import jwt
import pytest

from roost.domain.sign_in import Session
from roost.usecases.sign_in import invite, new_link, sign_in, sign_out
from tests.in_role import handlers_in_role
from tests.roost_fixtures import Clock, Tenant


@dataclass
class Person:
    session: Session
    token: str
    http: httpx.Client

    def calls(self, token: str | None = None) -> int:
        headers = {"authorization": f"Bearer {token or self.token}"}
        return self.http.get("/v1/conversations", headers=headers).status_code


def signed_in(tenant: Tenant, transport: httpx.BaseTransport | None, cookie: str) -> Person:
    email = f"ana@{tenant.account.id}.example"
    invite(tenant.deps, tenant.account.id, email)
    return another_session(tenant, email, transport, cookie)


def another_session(tenant: Tenant, email: str, transport: httpx.BaseTransport | None, cookie: str) -> Person:
    session, secret = sign_in(tenant.deps, new_link(tenant.deps, email))
    http = tenant.clients.enter_context(httpx.Client(base_url=tenant.base_url, transport=transport, timeout=30))
    answer = http.post("/login/token", headers={"cookie": f"{cookie}={secret}"}).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3_600)
    return Person(session, answer["access_token"], http)


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return signed_in(tenant, handlers_in_role(), "__Host-roost")


@pytest.mark.capability("8MS-38")
def test_a_token_works_for_an_hour_and_reads_its_own_account_only(
    tenant: Tenant, other_tenant: Tenant, person: Person, clock: Clock
) -> None:
    phone = tenant.pair()
    phone.call(phone.event("sms.received", data={"from": "+34600111222", "text": "hi", "sim_id": "sim_a"}))
    bearer = {"authorization": f"Bearer {person.token}"}
    listed = person.http.get("/v1/conversations", headers=bearer).json()["data"]
    assert [conversation["last_message"]["body"] for conversation in listed] == ["hi"]
    sent = person.http.post("/v1/sms/send", json={"to": "+34600111222", "body": "hello"}, headers=bearer)
    assert sent.status_code == 201
    assert other_tenant.message(sent.json()["id"])["status"] == 404
    clock.forward(minutes=59)
    assert person.calls() == 200
    clock.forward(minutes=1)
    assert person.calls() == 401


def altered(token: str, **claims: object) -> str:
    head, body, signature = token.split(".")
    known = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(known | claims).encode()).decode().rstrip("=")
    return f"{head}.{changed}.{signature}"


@pytest.mark.capability("8MS-38")
def test_a_token_that_was_altered_or_signed_by_another_is_refused(person: Person) -> None:
    head = jwt.get_unverified_header(person.token)
    claims = jwt.decode(person.token, options={"verify_signature": False})
    by_another = jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": head["kid"]})
    of_nobody = jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "0" * 64})
    without_key = jwt.encode(claims, None, algorithm="none", headers={"kid": head["kid"]})  # type: ignore[arg-type]
    longer = altered(person.token, exp=claims["exp"] + 3_600)
    for token in (by_another, of_nobody, without_key, longer, person.token[:-2], f"{person.token}x", "eyJ.eyJ.x"):
        assert person.calls(token) == 401, token
    assert person.calls() == 200


def test_it_ends_with_its_session_and_a_sign_out_everywhere_ends_them_all(
    tenant: Tenant, person: Person, clock: Clock
) -> None:
    clock.forward(seconds=1)
    other = another_session(tenant, person.session.email, handlers_in_role(), "__Host-roost")
    third = another_session(tenant, person.session.email, handlers_in_role(), "__Host-roost")
    sign_out(tenant.deps, person.session, everywhere=False)
    assert (person.calls(), other.calls(), third.calls()) == (401, 200, 200)
    sign_out(tenant.deps, third.session, everywhere=True)
    assert other.calls() == 401
    clock.forward(seconds=1)
    assert another_session(tenant, person.session.email, handlers_in_role(), "__Host-roost").calls() == 200


def test_nobody_gets_a_token_without_a_session(person: Person) -> None:
    assert person.http.post("/login/token").status_code in (303, 401)
    assert person.http.post("/login/token", headers={"authorization": f"Bearer {person.token}"}).status_code in (
        303,
        401,
    )


def test_the_deployed_functions_give_and_take_tokens(deployed: Tenant) -> None:
    assert signed_in(deployed, None, "roost").calls() == 200
