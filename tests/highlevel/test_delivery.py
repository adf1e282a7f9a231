"""What is sent in HighLevel's inbox goes out over a phone once, or its sender reads why not."""

from __future__ import annotations

import json

import pytest

from roost.domain.errors import TryLater
from roost.storage.highlevel_errands import list_aside
from roost.storage.phones import some_phones
from tests.highlevel.signing import signed, signed_as_before
from tests.highlevel.stage import NUMBER, Stage
from tests.highlevel.there import There
from tests.roost_fixtures import Tenant


def ours(tenant: Tenant) -> list[str]:
    return [message["id"] for message in tenant.http.get("/v1/messages").json()["data"]]


@pytest.mark.capability("8MS-44")
def test_a_reply_from_the_inbox_goes_out_once_and_its_status_comes_back(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    body = stage.there.send(NUMBER, "The text message to be sent to the contact")
    assert [stage.deliver(body).json()["outcome"] for _ in range(3)] == ["taken", "repeated", "repeated"]
    [job] = phone.claim()
    assert (job["to"], job["text"]) == (NUMBER, body["message"])
    phone.call(phone.event("job.sent", job))
    stage.tell(ours(tenant)[0])
    stage.work()
    assert stage.there.statuses[body["messageId"]] == ["pending"]
    phone.call(phone.event("job.delivered", job))
    stage.tell(ours(tenant)[0])
    stage.work()
    assert stage.there.statuses[body["messageId"]] == ["pending", "delivered"]
    assert stage.there.texts == [], "what came from there is not mirrored back"


def test_what_cannot_be_sent_is_taken_and_told_as_failed_with_its_reason(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.receive(phone, "STOP")
    refused = [stage.there.send(NUMBER, "hello"), stage.there.send("12", "to nobody"), stage.there.send(NUMBER, "")]
    for body in refused:
        assert stage.deliver(body).status_code == 200
        assert stage.deliver(body).json() == {"outcome": "repeated"}
    stage.work()
    assert [stage.there.statuses[body["messageId"]] for body in refused] == [["failed"]] * 3
    assert {job["text"] for job in phone.claim()}.isdisjoint({"hello", "to nobody"})


@pytest.mark.parametrize("cause", [TryLater(), RuntimeError("broken")])
def test_what_may_be_possible_later_is_answered_by_429_which_highlevel_repeats(
    stage: Stage, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, cause: Exception
) -> None:
    phone = tenant.pair()
    body = stage.there.send(NUMBER, "hello")

    def refuse(*_: object) -> bool:
        raise cause

    with monkeypatch.context() as now:
        now.setattr("roost.usecases.take_delivery.admit_delivery", refuse)
        assert stage.deliver(body).status_code == 429
    assert stage.deliver(body).json() == {"outcome": "taken"}
    assert [job["text"] for job in phone.claim()] == ["hello"]


@pytest.mark.capability("X-11")
def test_a_body_that_was_altered_is_refused_and_nothing_of_it_is_stored(stage: Stage, tenant: Tenant) -> None:
    tenant.pair()
    body = stage.there.send(NUMBER, "hello")
    good = json.dumps(body).encode()
    for sign in (signed, signed_as_before):
        altered = stage.deliver({**body, "message": "other words"}, **sign(good))
        assert (altered.status_code, altered.json()["code"]) == (401, "signature_refused")
    forged = {**signed_as_before(good), "x-ghl-signature": "bm90IGEgc2lnbmF0dXJl"}
    assert stage.deliver(body, **forged).status_code == 401, "no falling back to the weaker signature"
    assert ours(tenant) == []
    assert stage.deliver(body, **signed(good)).json() == {"outcome": "taken"}


def test_a_wrong_delivery_url_or_a_location_nobody_connected_is_not_found(stage: Stage, tenant: Tenant) -> None:
    body = stage.there.send(NUMBER, "hello")
    path = "/integrations/delivery/" + "0" * 64
    assert tenant.http.post(path, json=body).status_code == 404
    assert stage.deliver({**body, "locationId": "unknown"}).status_code == 404
    assert ours(tenant) == []


def test_a_payload_of_a_new_shape_is_kept_aside(stage: Stage) -> None:
    answer = stage.deliver({"locationId": stage.there.id, "id": "m1", "to": [NUMBER]})
    assert answer.status_code == 422
    [kept] = list_aside(stage.deps.highlevel, stage.location, 5)
    assert json.loads(kept["payload"])["to"] == [NUMBER]
    assert stage.deliver({"locationId": There("x").id, "id": "m1"}).status_code == 404


def test_what_is_written_there_is_charged_as_any_message_is(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.top_up(credits=2)
    assert stage.deliver(stage.there.send(NUMBER, "hello")).json() == {"outcome": "taken"}
    assert tenant.http.get("/v1/account").json()["credits"] == 1
    assert [job["text"] for job in phone.claim()] == ["hello"]


def test_it_goes_by_the_phone_that_talked_to_the_number_also_in_an_account_of_many(
    stage: Stage, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only some phones are read, that one is read besides."""
    tenant.pair()
    talked = tenant.pair()
    stage.receive(talked, "hello?")
    read = some_phones(tenant.deps.devices, tenant.account.id, 0)[0][:1]
    monkeypatch.setattr("roost.usecases.find_phone.some_phones", lambda *_: (read, False))
    assert stage.deliver(stage.there.send(NUMBER, "hello")).json() == {"outcome": "taken"}
    assert [job["text"] for job in talked.claim()] == ["hello"]
