"""What a phone reports: each step of a message is seen in order, and what is wrong in a call stops nothing else."""

from typing import Any

import pytest

from tests.roost_fixtures import Clock, Tenant


def statuses(tenant: Tenant, message_id: str) -> list[str]:
    """The states callers saw, each once, in order."""
    timeline: Any = tenant.message(message_id)["timeline"]
    return list(dict.fromkeys(entry["status"] for entry in timeline))


@pytest.mark.capability("DORA-15", "8MS-14")
def test_every_step_of_a_message_is_visible_in_order(tenant: Tenant, clock: Clock) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    sent = tenant.send(phone_id=phone.device_id).json()
    seen = [sent["status"]]

    def look() -> None:
        seen.append(str(tenant.message(sent["id"])["status"]))

    [job] = phone.claim()
    look()
    clock.forward(seconds=1)
    phone.call(phone.accept(job))
    look()
    clock.forward(seconds=1)
    phone.call(phone.event("job.sending", job))
    look()
    clock.forward(seconds=1)
    phone.call(phone.event("job.sent", job))
    look()
    clock.forward(seconds=1)
    phone.call(phone.event("job.delivered", job))
    look()
    assert seen == ["dispatching", "dispatching", "sending", "sending", "sent", "delivered"]
    assert statuses(tenant, sent["id"]) == ["queued", "dispatching", "sending", "sent", "delivered"]
    instants = [entry["at"] for entry in tenant.message(sent["id"])["timeline"]]  # type: ignore[attr-defined]
    assert instants == sorted(instants)
    assert instants[-1] == "2077-01-15T08:00:04.000Z"


@pytest.mark.capability("DORA-16", "8MS-14")
def test_a_failure_is_shown_with_its_reason(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    error = {"name": "RADIO_NOT_AVAILABLE", "code": 9, "radio": 38, "class": "unclear", "text": "hi"}
    phone.call(phone.event("job.failed", job, data={"error": error, "partial": True, "parts_sent": 1}))
    message = tenant.message(sent)
    assert message["status"] == "failed"
    expected = {
        "name": "RADIO_NOT_AVAILABLE",
        "code": 9,
        "radio": 38,
        "class": "unclear",
        "partial": True,
        "parts_sent": 1,
    }
    assert message["error"] == expected


def test_a_failed_delivery_is_failed_with_the_carriers_status(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job), phone.event("job.undelivered", job, data={"tp_status": 0x46}))
    message = tenant.message(sent)
    assert (message["status"], message["error"]) == ("failed", {"reason": "undelivered", "tp_status": 0x46})


def test_reports_in_one_batch_and_out_of_order_end_in_the_highest_fact(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    events = [phone.event(type_, job) for type_ in ("job.sending", "job.sent", "job.delivered")]
    answer = phone.call(*reversed(events))
    assert sorted(answer["acked"]) == sorted(event["event_id"] for event in events)
    assert statuses(tenant, sent) == ["queued", "dispatching", "sending", "sent", "delivered"]
    before = tenant.message(sent)
    assert sorted(phone.call(*events)["acked"]) == sorted(answer["acked"])
    assert tenant.message(sent) == before


def test_a_report_of_a_job_that_is_not_its_own_is_refused_for_good(tenant: Tenant, other_tenant: Tenant) -> None:
    phone, stranger = tenant.pair(), other_tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    for other in (stranger, tenant.pair()):
        event = other.event("job.sent", job)
        assert other.call(event)["rejected"] == [
            {"event_id": event["event_id"], "code": "not_yours", "permanent": True}
        ]
    assert tenant.message(sent)["status"] != "sent"


def test_one_bad_event_stops_nothing_behind_it(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    [job] = phone.claim()
    bad = [
        phone.event("job.sent", {**job, "job_id": "nonsense"}),
        phone.event("fax.received"),
        phone.event("lease.accepted", data={}),
        {**phone.event("job.sent", job), "at_wall": "yesterday"},
        phone.event("sms.received", data={"from": "+1"}),
    ]
    good = phone.event("job.sent", job)
    answer = phone.call(*bad, good)
    assert answer["acked"] == [good["event_id"]]
    assert [refused["code"] for refused in answer["rejected"]] == [
        "invalid",
        "unknown_type",
        "invalid",
        "invalid",
        "invalid",
    ]
    assert all(refused["permanent"] for refused in answer["rejected"])


def test_a_received_text_is_stored_once_however_often_it_is_offered(tenant: Tenant) -> None:
    phone = tenant.pair()
    event = phone.event("sms.received", data={"from": "+34600111222", "text": "STOP", "sim_id": "sim_b"})
    for _ in range(3):
        assert phone.call(event)["acked"] == [event["event_id"]]
    same_text = phone.event("sms.received", data={"from": "+34600111222", "text": "STOP", "sim_id": "sim_b"})
    phone.call(same_text)
    received = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    shown = {
        (message["from"], message["to"], message["body"], message["status"], message["sim_slot"])
        for message in received
    }
    assert len(received) == 2
    assert shown == {("+34600111222", None, "STOP", "received", 1)}


def test_a_disabled_phone_gets_no_work_but_may_report(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    [job] = phone.claim()
    waiting = tenant.send().json()["id"]
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False})
    answer = phone.call(phone.event("job.sent", job), claim="c")
    assert (len(answer["acked"]), answer["jobs"]) == (1, [])
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": True})
    assert [granted["job_id"] for granted in phone.claim()] == [waiting]


def test_another_store_on_the_same_token_must_pair_again(tenant: Tenant) -> None:
    phone = tenant.pair()
    phone.health = {"store_id": "restored from a backup"}
    answer = phone.http.post("/phone/v1/callback", json=phone.body(claim="c"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "store_mismatch")


def test_wrong_calls_get_the_protocols_errors(tenant: Tenant) -> None:
    phone = tenant.pair()
    too_many = phone.body(*[phone.event("alert", data={"code": "x"}) for _ in range(101)])
    too_large = phone.body(phone.event("sms.received", data={"from": "+1", "text": "x" * 140_000}))
    cases = [({}, 400, "invalid"), (too_many, 400, "invalid"), (too_large, 413, "too_large")]
    for body, status, code in cases:
        answer = phone.http.post("/phone/v1/callback", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    for token in ("", "Bearer x", "Bearer rpt_none_1_abc", "Basic abc"):
        answer = phone.http.post("/phone/v1/callback", json=phone.body(), headers={"authorization": token})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")


def test_an_api_key_is_no_phone_token_and_the_other_way_round(tenant: Tenant) -> None:
    phone = tenant.pair()
    key = tenant.http.headers["x-api-key"]
    as_phone = phone.http.post("/phone/v1/callback", json=phone.body(), headers={"authorization": f"Bearer {key}"})
    assert as_phone.status_code == 401
    token = phone.http.headers["authorization"]
    assert phone.http.get("/v1/messages", headers={"authorization": token}).status_code == 401
