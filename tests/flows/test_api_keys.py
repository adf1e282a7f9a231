"""API keys through the API: shown once, kept as a hash, scoped, revoked."""

import json
import re

import pytest

from roost.domain.api_keys import Scope
from roost.runtime.deps import Deps
from tests.roost_fixtures import Clock, Tenant


def everything_stored(deps: Deps) -> str:
    tables = (deps.messages, deps.devices, deps.keys, deps.contacts, deps.accounts)
    return json.dumps([table.scan()["Items"] for table in tables], default=repr)


@pytest.mark.capability("8MS-39")
def test_a_minted_key_works_until_it_is_revoked(tenant: Tenant) -> None:
    made = tenant.http.post("/v1/keys", json={"name": "CRM", "scopes": ["messages:read"]}).json()
    headers = {"x-api-key": "", "authorization": f"Bearer {made['key']}"}
    assert tenant.http.get("/v1/messages", headers=headers).status_code == 200
    assert tenant.http.delete(f"/v1/keys/{made['id']}").status_code == 204
    refused = tenant.http.get("/v1/messages", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert tenant.http.delete(f"/v1/keys/{made['id']}").status_code == 204, "revoking twice is no error"


@pytest.mark.capability("DORA-05", "DORA-07")
@pytest.mark.parametrize(
    ("key_format", "shape"),
    [("smsgw", r"^smsgw_[0-9a-f]{8}_[0-9a-f]{16,}$"), ("roost", r"^roost_[0-9A-Za-z]{36}$")],
)
def test_the_key_is_shown_once(tenant: Tenant, key_format: str, shape: str) -> None:
    body = {"name": "shop", "scopes": ["messages:send"], "format": key_format}
    made = tenant.http.post("/v1/keys", json=body).json()
    assert re.match(shape, made["key"])
    listed = tenant.http.get("/v1/keys")
    shown = next(entry for entry in listed.json()["data"] if entry["id"] == made["id"])
    assert "key" not in shown
    assert made["key"] not in listed.text
    assert made["key"].startswith(shown["hint"].partition("…")[0])
    assert made["key"].endswith(shown["hint"].partition("…")[2])


@pytest.mark.capability("DORA-06")
def test_no_secret_of_any_kind_is_in_the_database(tenant: Tenant) -> None:
    key = tenant.http.post("/v1/keys", json={"name": "x", "scopes": ["messages:send"], "format": "smsgw"}).json()["key"]
    link = tenant.http.post("/v1/pairings", json={}).json()["link"]
    phone = tenant.pair()
    stored = everything_stored(tenant.deps)
    token = phone.http.headers["authorization"].removeprefix("Bearer ")
    code = link.partition("&c=")[2]
    for secret in (key, key.rpartition("_")[2], token, token.rpartition("_")[2], code):
        assert len(secret) >= 32
        assert secret not in stored
    assert (
        tenant.http.post(
            "/messages/send", json={"recipient": "+212600000000", "message": "x"}, headers={"x-api-key": key}
        ).status_code
        == 201
    )


def test_a_key_expires_at_its_time(tenant: Tenant, clock: Clock) -> None:
    body = {"name": "x", "scopes": ["messages:read"], "expires_at": "2077-01-15T09:00:00+00:00"}
    made = tenant.http.post("/v1/keys", json=body).json()
    assert made["expires_at"] == "2077-01-15T09:00:00.000Z"
    clock.forward(minutes=59, seconds=59)
    assert tenant.http.get("/v1/messages", headers={"x-api-key": made["key"]}).status_code == 200
    clock.forward(seconds=1)
    assert tenant.http.get("/v1/messages", headers={"x-api-key": made["key"]}).status_code == 401


def test_a_key_cannot_mint_a_stronger_one(tenant: Tenant) -> None:
    weak = tenant.key(Scope.KEYS_MANAGE, Scope.MESSAGES_READ)
    body = {"name": "x", "scopes": ["messages:read", "messages:send"]}
    refused = tenant.http.post("/v1/keys", json=body, headers={"x-api-key": weak})
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    assert "messages:send" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"format": "twilio"}, "format"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2030-01-01T00:00:00"}, "expires_at"),
        ({"limit": 5}, "limit"),
    ],
    ids=str,
)
def test_a_wrong_key_request_names_the_field_and_makes_no_key(
    tenant: Tenant, change: dict[str, object], field: str
) -> None:
    before = tenant.http.get("/v1/keys").json()
    answer = tenant.http.post("/v1/keys", json={"name": "x", "scopes": ["messages:read"], **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert tenant.http.get("/v1/keys").json() == before


def test_another_accounts_key_can_be_neither_seen_nor_revoked(tenant: Tenant, other_tenant: Tenant) -> None:
    made = tenant.http.post("/v1/keys", json={"name": "x", "scopes": ["messages:read"]}).json()
    assert made["id"] not in other_tenant.http.get("/v1/keys").text
    assert other_tenant.http.delete(f"/v1/keys/{made['id']}").status_code == 404
    assert tenant.http.get("/v1/messages", headers={"x-api-key": made["key"]}).status_code == 200
