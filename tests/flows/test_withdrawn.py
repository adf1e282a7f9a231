"""What waits for a number that answers STOP is withdrawn, wherever it waits."""

from __future__ import annotations

from typing import Any

import pytest

from roost.domain.conversation_settings import CONFIRMATIONS
from roost.domain.instants import rfc3339
from roost.usecases import send_message as sending
from roost.usecases.standing import Standing
from tests.flows.test_opt_outs import PEER, answers
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.settling import play_stream

OTHER = "+34600111223"


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.fixture(autouse=True)
def without_a_word(tenant: Tenant) -> None:
    tenant.http.patch("/v1/conversation-settings", json={"confirms_opt_outs": False}).raise_for_status()


def state(tenant: Tenant, message_id: str) -> object:
    return tenant.message(message_id)["status"]


def test_what_is_queued_or_scheduled_is_canceled_and_refunded(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    tenant.top_up(credits=10)
    queued, other = tenant.send(PEER).json()["id"], tenant.send(OTHER).json()["id"]
    scheduled = tenant.send(PEER, send_at=rfc3339(clock() + 3_600_000)).json()["id"]
    answers(phone, "STOP")
    assert [state(tenant, each) for each in (queued, scheduled, other)] == ["canceled", "canceled", "dispatching"]
    for each in (queued, scheduled):
        play_stream(tenant, each)
    assert tenant.http.get("/v1/account").json()["credits"] == 9
    assert [job["job_id"] for job in phone.claim()] == [other]


def test_a_stop_by_mms_withdraws_too(tenant: Tenant, phone: PhoneDriver) -> None:
    queued = tenant.send(PEER).json()["id"]
    phone.call(phone.event("mms.received", data={"from": PEER, "text": "Stop.", "sim_id": "sim_a", "parts": []}))
    assert state(tenant, queued) == "canceled"
    assert tenant.send(PEER).status_code == 403


def test_what_waits_in_batches_is_canceled_and_the_rest_of_them_is_sent(tenant: Tenant, phone: PhoneDriver) -> None:
    shared = tenant.http.post("/v1/sms/batch", json={"to": [OTHER, PEER], "body": "Sale"}).json()
    own = {"messages": [{"to": PEER, "body": "one"}, {"to": PEER, "body": "two"}]}
    tenant.http.post("/v1/sms/batch", json={**own, "senders": ["phn_1"]}).raise_for_status()
    answers(phone, "STOP")
    counts = tenant.http.get(f"/v1/groups/{shared['group_id']}").json()["status"]
    assert counts == {"queued": 1, "canceled": 1}
    jobs = [job for _ in range(5) for job in phone.claim()]
    assert [job["to"] for job in jobs] == [OTHER]


def test_what_a_phone_has_not_accepted_is_taken_back_and_it_may_not_accept_any_more(tenant: Tenant) -> None:
    first, second = tenant.pair(), tenant.pair()
    sent = tenant.send(PEER, phone_id="phn_1").json()["id"]
    [job] = first.claim()
    assert job["grant"] == "confirm"
    answers(second, "STOP")
    assert state(tenant, sent) == "canceled"
    acceptance = first.accept(job)
    assert first.call(acceptance)["rejected"][0]["code"] == "lease_lost"


def test_a_phone_that_has_accepted_is_asked_to_cancel(tenant: Tenant, phone: PhoneDriver) -> None:
    sent = tenant.send(PEER).json()["id"]
    [job] = phone.claim()
    answers(phone, "STOP")
    assert state(tenant, sent) == "canceling"
    phone.call(phone.event("job.canceled", job))
    assert state(tenant, sent) == "canceled"


def test_what_slipped_in_at_the_moment_of_the_stop_is_stopped_when_a_phone_claims_it(
    tenant: Tenant, phone: PhoneDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The send had asked a moment before the STOP was stored, and was written after it."""
    answers(phone, "STOP")
    monkeypatch.setattr(sending, "standing_with", lambda *_: Standing())
    slipped, other = tenant.send(PEER).json()["id"], tenant.send(OTHER).json()["id"]
    assert [job["job_id"] for job in phone.claim()] == [other]
    message = tenant.message(slipped)
    assert (message["status"], message["error"]) == ("canceled", {"name": "recipient_opted_out"})


def test_a_stop_set_by_hand_withdraws_too_and_is_told_once(tenant: Tenant, phone: PhoneDriver) -> None:
    queued = tenant.send(PEER).json()["id"]
    url = "/v1/conversations/cnv_34600111222/do-not-contact"
    for _ in range(2):
        answer = tenant.http.post(url, json={"do_not_contact": True}).json()
        assert answer["contact"]["do_not_contact"] is True
    assert state(tenant, queued) == "canceled"
    assert tenant.send(PEER).status_code == 403
    tenant.http.post(url, json={"do_not_contact": False}).raise_for_status()
    assert tenant.send(PEER).status_code == 201


def test_codes_reach_who_answered_stop_only_if_the_account_says_so(tenant: Tenant, phone: PhoneDriver) -> None:
    answers(phone, "STOP")
    assert tenant.http.post("/v1/otp", json={"to": PEER}).status_code == 403
    tenant.http.patch("/v1/conversation-settings", json={"codes_despite_opt_out": True}).raise_for_status()
    assert tenant.http.post("/v1/otp", json={"to": PEER}).status_code == 201
    jobs: list[dict[str, Any]] = phone.claim()
    assert len(jobs) == 1
    answers(phone, "STOP")
    assert tenant.message(jobs[0]["job_id"])["status"] == "sending", "it was just asked for"


def test_no_reply_from_the_inbox_leaves_either(tenant: Tenant, phone: PhoneDriver) -> None:
    answers(phone, "BAJA")
    answer = tenant.http.post("/v1/conversations/cnv_34600111222/reply", json={"body": "why?"})
    assert (answer.status_code, answer.json()["code"]) == (403, "recipient_opted_out")
    assert CONFIRMATIONS["en"] not in [job["text"] for job in phone.claim()]


def a_job_of_a_batch(tenant: Tenant, phone: PhoneDriver, to: str) -> dict[str, Any]:
    """Leased to `phone`, which another could replace, and not accepted."""
    tenant.pair()
    texts = {"messages": [{"to": to, "body": "Sale"}], "senders": [phone.device_id]}
    tenant.http.post("/v1/sms/batch", json=texts).raise_for_status()
    [job] = phone.claim()
    assert job["grant"] == "confirm"
    return job


def test_a_stop_set_by_hand_takes_back_what_a_phone_has_not_accepted(tenant: Tenant, phone: PhoneDriver) -> None:
    job = a_job_of_a_batch(tenant, phone, PEER)
    url = "/v1/conversations/cnv_34600111222/do-not-contact"
    tenant.http.post(url, json={"do_not_contact": True}).raise_for_status()
    assert state(tenant, job["job_id"]) == "canceled"
    assert phone.call(phone.accept(job))["rejected"][0]["code"] == "lease_lost"
