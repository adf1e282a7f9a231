"""What must go is gone, whoever else has rows beside it keeps them, and the answer says what was left and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dev.cloud_process import CloudProcess
from dev.local_roost import write_endpoint
from owner.mentions import Number
from owner.whole_tables import belongs_to, tables_of, walk
from roost.domain.deliveries import Attempt, Outcome
from roost.domain.highlevel import Location, LocationStatus
from roost.domain.highlevel_errands import contact_errand
from roost.domain.webhooks import Event, EventType
from roost.outbound.webhook_http import WebhookHttp
from roost.runtime.media import media_store
from roost.storage.deliveries import Owed, put_attempts, put_owed
from roost.storage.highlevel import put_location
from roost.storage.highlevel_errands import put_aside, put_errands
from roost.storage.highlevel_links import KnownContact, put_contact
from roost.storage.webhooks import get_endpoint
from roost.web import receivers
from tests.flows.campaigns import a_campaign, do, look, pull, pull_all
from tests.owner.terminal import Terminal
from tests.phone_driver import TWO_SIMS, PhoneDriver
from tests.roost_fixtures import Tenant, new_tenant

ALICE, LONGER, BOB = "+4930123456", "+493012345678", "+4930999999"
OWN = str(TWO_SIMS[0]["number"])
"""Of a SIM in the tenant's phone."""

Rows = dict[tuple[str, str, str], Mapping[str, Any]]


@pytest.fixture
def owner(cloud: CloudProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    write_endpoint(cloud, tmp_path)
    return Terminal(tmp_path, capsys)


def rows_of(tenant: Tenant) -> Rows:
    tables = tables_of(tenant.deps).items()
    found = ((name, item) for name, table in tables for item in walk(table) if belongs_to(item, tenant.account.id))
    return {(name, item["pk"], item["sk"]): item for name, item in found}


def mentioning(rows: Rows, number: str) -> set[str]:
    """The sort keys of the rows where a number stands."""
    return {sk for (_, _, sk), item in rows.items() if Number(number).is_in(item)}


def hears(phone: PhoneDriver, number: str, text: str) -> None:
    phone.call(phone.event("sms.received", data={"from": number, "text": text, "sim_id": "sim_a"}))


def fill(tenant: Tenant, phone: PhoneDriver, *numbers: str) -> None:
    """Every kind of row that a number comes into through the API."""
    made = tenant.http.post("/v1/lists", json={"name": "News"}).json()["id"]
    for number in numbers:
        csv = f"name,phone,friend\nAda,{number},{ALICE} and {BOB}\n"
        fields = {"list_id": str(made)}
        tenant.http.post(
            "/v1/contacts/bulk", files={"file": ("c.csv", csv, "text/csv")}, data=fields
        ).raise_for_status()
        assert tenant.send(number, f"to {number}").status_code == 201
        assert tenant.http.post("/v1/otp", json={"to": number}).is_success
    batch = [{"to": number, "body": f"in a batch to {number}"} for number in numbers]
    tenant.http.post("/v1/sms/batch", json={"messages": batch}).raise_for_status()
    campaign = a_campaign(tenant, template=f"Ask {ALICE}")
    do(tenant, campaign, "start")
    look(tenant, campaign)
    pull_all(phone)
    for number in numbers:
        hears(phone, number, f"I am {number}, ask {ALICE} or {BOB}")
        hears(phone, number, "STOP")
    pull_all(phone)
    body = {"url": f"https://hooks.roost.dev/of/{ALICE}", "events": ["message.sent"], "description": OWN}
    endpoint = tenant.http.post("/v1/webhooks", json=body).raise_for_status().json()["id"]
    fill_for_others(tenant, endpoint, numbers)


def fill_for_others(tenant: Tenant, endpoint_id: str, numbers: tuple[str, ...]) -> None:
    """What webhooks and a location of HighLevel are owed: by the storage code, because neither is there."""
    deps, account, now = tenant.deps, tenant.account.id, tenant.deps.now()
    endpoint = get_endpoint(deps.webhooks, account, endpoint_id)
    assert endpoint is not None
    location = Location(account, f"of{account}", LocationStatus.CONNECTED, now)
    put_location(deps.highlevel, location, None)
    for place, number in enumerate(numbers):
        event = Event(f"evt_{place}", EventType.MESSAGE_SENT, account, now, {"to": number, "body": f"ask {ALICE}"})
        put_owed(deps.webhooks, endpoint, [Owed(1_000 + place, event)], now)
        answered = Attempt(event.id, event.type, place, now, Outcome(1, 200, answer=f"took {number}"))
        put_attempts(deps.webhooks, endpoint, [answered], f"{place:04d}", now)
        put_contact(deps.highlevel, location, KnownContact(number, "theirs"))
        put_errands(deps.highlevel, location, [contact_errand(number, now, f"e{place}")], now)
        put_aside(deps.highlevel, location, "delivery", f'{{"phone": "{number}"}}', f"{place}", now)


@pytest.fixture
def filled(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    http = WebhookHttp(resolver=lambda *_: ["93.184.215.14"])
    monkeypatch.setattr(receivers, "webhook_http", lambda: http)
    phone = tenant.pair("Counter")
    fill(tenant, phone, ALICE, LONGER, BOB, OWN)
    return SimpleNamespace(tenant=tenant, phone=phone, before=rows_of(tenant))


def test_erasing_a_number_takes_nothing_of_a_longer_one(owner: Terminal, filled: SimpleNamespace) -> None:
    tenant = filled.tenant
    told = owner.types("erase-recipient", tenant.account.id, ALICE)
    after = rows_of(tenant)
    assert mentioning(after, LONGER) == mentioning(filled.before, LONGER)
    assert mentioning(after, BOB) - mentioning(filled.before, BOB) == set()
    gone = {sk for (_, _, sk) in filled.before.keys() - after.keys()}
    of_others = {sk for (_, _, sk), item in after.items() if Number(LONGER).is_in(item) or Number(BOB).is_in(item)}
    assert gone & of_others <= {"conversation", "codes"}
    left = {sk for sk in mentioning(after, ALICE) if not sk.startswith(("phone#", "endpoint#", "campaign#"))}
    assert left == {f"opt-out#{ALICE}"}
    kept = {row["what"]: row["to do"] for row in told if row["what"].startswith("kept")}
    assert any("endpoint#" in what and "webhooks" in todo for what, todo in kept.items())
    assert any("campaign#" in what for what in kept)
    assert ALICE not in str(told)
    assert owner.types("erase-recipient", tenant.account.id, LONGER, "--opt-out-too")
    assert mentioning(rows_of(tenant), LONGER) == set()
    assert f"opt-out#{ALICE}" in mentioning(rows_of(tenant), ALICE)


def test_what_others_said_and_were_told_loses_the_mention_alone(owner: Terminal, filled: SimpleNamespace) -> None:
    tenant = filled.tenant
    owner.types("erase-recipient", tenant.account.id, ALICE)
    said = [m for m in tenant.http.get("/v1/messages?direction=in").json()["data"] if m["from"] == BOB]
    assert {message["body"] for message in said} == {"STOP", f"I am {BOB}, ask erased or {BOB}"}
    contact = tenant.http.get(f"/v1/contacts/{BOB.removeprefix('+')}").json()
    assert contact["fields"] == {"friend": f"erased and {BOB}"}
    owed = [item for (_, _, sk), item in rows_of(tenant).items() if sk.startswith("owed#") and "event" in item]
    assert {item["event"]["data"]["to"] for item in owed} == {LONGER, BOB, OWN}
    assert {item["event"]["data"]["body"] for item in owed} == {"ask erased"}


def test_a_phone_whose_own_number_is_erased_goes_on_sending(owner: Terminal, filled: SimpleNamespace) -> None:
    tenant, phone = filled.tenant, filled.phone
    told = owner.types("erase-recipient", tenant.account.id, OWN, "--opt-out-too")
    assert any("phone#" in row["what"] and "SIM" in row["to do"] for row in told)
    left = mentioning(rows_of(tenant), OWN)
    assert {sk.partition("#")[0] for sk in left} == {"phone", "endpoint"}
    assert tenant.send("+4930777777", "still").status_code == 201
    assert [job["text"] for job in pull(phone)] == ["still"]


def test_uploads_with_the_number_go_and_others_stay(owner: Terminal, tenant: Tenant) -> None:
    def uploads() -> int:
        store = media_store()
        return int(store.s3.list_objects_v2(Bucket=store.bucket, Prefix=f"{tenant.account.id}/imports/")["KeyCount"])

    for number in ("030 222333", "030 444555"):
        file = ("c.csv", f"phone\n{number}\n", "text/csv")
        data = {"default_country": "DE"}
        tenant.http.post("/v1/contacts/bulk", files={"file": file}, data=data).raise_for_status()
    told = owner.types("erase-recipient", tenant.account.id, "+4930222333")
    assert {"what": "uploads", "items": 1, "to do": None} in told
    assert uploads() == 1


def test_an_erased_recipient_is_nowhere_but_in_its_stop(owner: Terminal, tenant: Tenant) -> None:
    phone = tenant.pair()
    number, other = "+14155558888", "+14155559999"
    for to in (number, other):
        assert tenant.send(to, f"to {to}").status_code == 201
    quoting = tenant.send(other, f"ask {number}", send_at="2077-01-16T08:00:00Z").json()["id"]
    assert "Cancel" in owner.is_refused("erase-recipient", tenant.account.id, number)
    jobs = phone.claim()
    phone.call(phone.accept(*jobs), *(phone.event("job.sent", job) for job in jobs))
    hears(phone, number, "STOP")
    pull_all(phone)
    told = {row["what"]: row["to do"] for row in owner.types("erase-recipient", tenant.account.id, "+1 415 555 8888")}
    assert "--opt-out-too" in told["kept: its STOP"]
    assert "run this again" in told["kept: texts to others that have not ended"]
    assert tenant.send(number).json()["code"] == "recipient_opted_out"
    assert tenant.message(quoting)["body"] == f"ask {number}"
    tenant.http.post(f"/v1/messages/{quoting}/cancel").raise_for_status()
    owner.types("erase-recipient", tenant.account.id, number, "--opt-out-too")
    assert mentioning(rows_of(tenant), number) == set()
    assert (tenant.message(quoting)["to"], tenant.message(quoting)["body"]) == (other, "ask erased")


def test_nobody_is_erased_from_a_campaign_that_is_only_paused(owner: Terminal, tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.http.post("/v1/contacts", json={"number": ALICE, "name": "Ada"})
    campaign = a_campaign(tenant)
    do(tenant, campaign, "start")
    look(tenant, campaign)
    do(tenant, campaign, "pause")
    look(tenant, campaign)
    assert "Cancel" in owner.is_refused("erase-recipient", tenant.account.id, ALICE)
    do(tenant, campaign, "resume")
    look(tenant, campaign)
    assert [job["to"] for job in pull_all(phone)] == [ALICE]


def test_a_deleted_account_leaves_nothing_and_takes_nothing_of_another(
    owner: Terminal, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.pair()
    tenant.send()
    with new_tenant(tenant.deps, tenant.base_url, tenant.transport) as other:
        phone = other.pair()
        assert other.send(body="stays").status_code == 201
        assert "--yes" in owner.is_refused("delete-account", tenant.account.id)
        with monkeypatch.context() as breaking:
            breaking.setattr("owner.erasing._media_of", lambda _: ["no", 1 / 0])
            with pytest.raises(ZeroDivisionError):
                owner.types("delete-account", tenant.account.id, "--yes", "Test")
        owner.types("delete-account", tenant.account.id, "--yes", "Test")
        assert rows_of(tenant) == {}
        assert tenant.send().status_code == 401
        assert [job["text"] for job in phone.claim()] == ["stays"]
