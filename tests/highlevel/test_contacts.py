"""Who wants no messages is the same here and there, without either side answering its own echo."""

from __future__ import annotations

import json

import pytest

from roost.domain.instants import rfc3339
from tests.flows.test_withdrawn import a_job_of_a_batch
from tests.highlevel.signing import signed, signed_as_before
from tests.highlevel.stage import NUMBER, Stage
from tests.roost_fixtures import Tenant

CHANGES = frozenset({"add_tag", "remove_tag", "dnd"})


def changes_made(stage: Stage) -> list[str]:
    return [call for call in stage.there.calls if call in CHANGES]


def holds(stage: Stage) -> tuple[bool, bool, bool]:
    """(here, tag there, do not disturb there)."""
    contact = stage.there.contact(NUMBER)
    status = contact["dndSettings"].get("SMS", {}).get("status")
    return stage.is_opted_out(), "dnc" in contact["tags"], status == "active"


def settle(stage: Stage) -> None:
    for _ in range(4):
        stage.work()
        stage.hear_all()
    stage.work()


@pytest.mark.capability("8MS-46")
def test_stop_sets_tag_and_do_not_disturb_there_and_start_lifts_both(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.tell(stage.receive(phone, "STOP"))
    settle(stage)
    assert holds(stage) == (True, True, True)
    stage.clock.forward(minutes=1)
    stage.tell(stage.receive(phone, "START"))
    settle(stage)
    assert holds(stage) == (False, False, False)
    assert changes_made(stage) == ["add_tag", "dnd", "remove_tag", "dnd"], "and no echo made another"


@pytest.mark.capability("8MS-46")
def test_the_tag_set_there_stops_messages_here_and_its_removal_lifts_that(stage: Stage, tenant: Tenant) -> None:
    tenant.pair()
    contact = stage.there.made(NUMBER)
    contact["tags"] = ["vip", "DNC"]
    stage.there.changed(contact, "ContactTagUpdate")
    settle(stage)
    assert stage.is_opted_out()
    assert tenant.send(NUMBER).status_code == 403
    assert changes_made(stage) == ["dnd"], "the tag is there already, whatever its case"
    contact["tags"] = ["vip"]
    stage.there.changed(contact, "ContactTagUpdate")
    settle(stage)
    assert holds(stage) == (False, False, False)
    assert contact["tags"] == ["vip"]


def test_a_stale_webhook_does_not_lift_a_stop(stage: Stage, tenant: Tenant) -> None:
    stale = {"type": "ContactTagUpdate", "locationId": stage.there.id, **stage.there.made(NUMBER), "tags": ["vip"]}
    stage.tell(stage.receive(tenant.pair(), "STOP"))
    stage.work()
    assert stage.hear(stale).json() == {"outcome": "done"}
    settle(stage)
    assert holds(stage) == (True, True, True)


def test_a_webhook_that_changes_nothing_here_costs_no_request(stage: Stage) -> None:
    contact = {**stage.there.made(NUMBER), "tags": ["vip"]}
    before = len(stage.there.calls)
    assert stage.hear({"type": "ContactUpdate", "locationId": stage.there.id, **contact}).json()["outcome"] == "ignored"
    stage.work()
    assert len(stage.there.calls) == before


def test_a_contact_made_anew_there_does_not_lift_a_stop(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.tell(stage.receive(phone, "STOP"))
    settle(stage)
    stage.there.contacts.clear()
    stage.clock.forward(minutes=1)
    stage.tell(stage.receive(phone, "who is this?"))
    stage.hear({"type": "ContactCreate", "locationId": stage.there.id, **stage.there.made(NUMBER)})
    settle(stage)
    assert holds(stage) == (True, True, True)


@pytest.mark.capability("X-11")
def test_a_webhook_counts_once_signed_and_fresh(stage: Stage, tenant: Tenant) -> None:
    contact = {**stage.there.made(NUMBER), "tags": ["dnc"]}
    now = rfc3339(stage.clock.now)
    said = {"type": "ContactTagUpdate", "locationId": stage.there.id, **contact, "webhookId": "w1", "timestamp": now}
    body = json.dumps(said).encode()
    path = "/integrations/webhooks"
    assert tenant.http.post(path, content=body).status_code == 401
    assert tenant.http.post(path, content=body + b" ", headers=signed(body)).status_code == 401
    assert tenant.http.post(path, content=body, headers=signed_as_before(body)).json() == {"outcome": "done"}
    assert tenant.http.post(path, content=body, headers=signed(body)).json() == {"outcome": "repeated"}
    stage.clock.forward(minutes=6)
    late = json.dumps({**said, "webhookId": "w2"}).encode()
    assert tenant.http.post(path, content=late, headers=signed(late)).status_code == 401
    unknown = stage.hear({**said, "locationId": "unknown"}, webhookId="w3", timestamp=rfc3339(stage.clock.now))
    assert unknown.status_code == 404


def test_an_unknown_kind_of_webhook_is_kept_aside_and_messages_are_left_alone(stage: Stage) -> None:
    named = {"locationId": stage.there.id}
    assert stage.hear({"type": "ContactMerge", **named}).json() == {"outcome": "kept"}
    assert stage.hear({"type": "OutboundMessage", "body": "hi", **named}).json() == {"outcome": "ignored"}
    assert stage.hear({"type": "ContactTagUpdate", "tags": "dnc", **named}).json() == {"outcome": "kept"}


def test_an_uninstall_turns_the_mirror_off(stage: Stage) -> None:
    assert stage.hear({"type": "UNINSTALL", "locationId": stage.there.id}).json() == {"outcome": "done"}
    assert not stage.location.is_connected
    assert stage.deliver(stage.there.send(NUMBER, "hello")).status_code == 404


def test_the_tag_takes_back_what_a_phone_has_not_accepted(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    job = a_job_of_a_batch(tenant, phone, NUMBER)
    contact = stage.there.made(NUMBER)
    contact["tags"] = ["dnc"]
    stage.there.changed(contact, "ContactTagUpdate")
    settle(stage)
    assert tenant.message(job["job_id"])["status"] == "canceled"
    assert phone.call(phone.accept(job))["rejected"][0]["code"] == "lease_lost"
