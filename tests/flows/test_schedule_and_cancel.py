"""Messages for later, and messages that should not leave after all."""

from types import SimpleNamespace

import pytest

from roost.domain.instants import minute_of, rfc3339
from roost.domain.messages import MessageStatus
from roost.storage.checks import Check, put_check
from roost.usecases import release_scheduled as releases
from roost.usecases import sweep as sweeping
from roost.usecases.dispatch_changes import ChangedMessage
from tests.flows.test_recovery import Started, swept_at
from tests.in_role import dispatch_changes, release_scheduled
from tests.roost_fixtures import Clock, Tenant


def release(tenant: Tenant, minute: str) -> dict[str, object]:
    answer: dict[str, object] = release_scheduled({"account": tenant.account.id, "minute": minute}, SimpleNamespace())
    return answer


def test_a_scheduled_message_leaves_at_its_time_through_the_phone_that_is_there_then(
    tenant: Tenant, clock: Clock
) -> None:
    first = tenant.pair()
    sent = tenant.send(send_at="2077-01-15T10:30:20+00:00").json()
    assert (sent["status"], sent["phone_id"]) == ("scheduled", None)
    assert first.claim() == []
    clock.forward(hours=2, minutes=30)
    second = tenant.pair()
    tenant.http.patch(f"/v1/phones/{first.device_id}", json={"enabled": False})
    assert release(tenant, "207701151030") == {"released": 1, "more": False}
    assert release(tenant, "207701151030") == {"released": 0, "more": False}, "twice is once"
    [job] = second.claim()
    assert (job["job_id"], job["not_before"]) == (sent["id"], "2077-01-15T10:30:20.000Z")
    assert job["not_after"] == "2077-01-16T10:30:20.000Z"


def test_more_than_a_page_is_released_page_by_page(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    for _ in range(105):
        clock.forward(seconds=0.01)
        tenant.send(send_at="2077-01-15T09:00:00Z")
    clock.forward(hours=1)
    assert release(tenant, "207701150900") == {"released": 100, "more": True}
    assert release(tenant, "207701150900") == {"released": 5, "more": False}


@pytest.mark.parametrize("send_at", ["2077-01-15T07:58:00Z", "2079-01-01T00:00:00Z", "2077-01-15T10:00:00", "soon", 17])
def test_a_time_that_is_past_too_far_or_none_is_refused_by_name(tenant: Tenant, send_at: object) -> None:
    tenant.pair()
    answer = tenant.send(send_at=send_at)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "send_at"


def test_a_waiting_message_is_canceled_at_once_and_reaches_no_phone(tenant: Tenant) -> None:
    phone = tenant.pair()
    for send_at in (None, "2077-01-15T10:00:00Z"):
        sent = tenant.send(**({"send_at": send_at} if send_at else {})).json()["id"]
        canceled = tenant.http.post(f"/v1/messages/{sent}/cancel")
        assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")
        again = tenant.http.post(f"/v1/messages/{sent}/cancel")
        assert (again.status_code, again.json()["status"]) == (200, "canceled"), "twice is once"
    assert phone.claim() == []
    assert release(tenant, "207701151000")["released"] == 0


def test_a_held_message_is_canceling_until_its_phone_answers(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    asked = tenant.http.post(f"/v1/messages/{sent}/cancel").json()
    assert asked["status"] == tenant.message(sent)["status"] == "canceling"
    number = int(sent.removeprefix("msg_"))
    change = ChangedMessage("1", tenant.account.id, number, MessageStatus.ACCEPTED, 0, phone=1, cancel_requested=True)
    dispatch_changes(tenant.deps, None, None, [change])  # type: ignore[arg-type]
    for _ in range(2):
        assert phone.call()["cancel"] == [{"job_id": sent, "attempt": 1}], "repeated until it is settled"
    phone.call(phone.event("job.canceled", job))
    assert tenant.message(sent)["status"] == "canceled"
    assert phone.call()["cancel"] == []


def test_a_cancel_that_lost_the_race_ends_as_the_truth(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    tenant.http.post(f"/v1/messages/{sent}/cancel")
    phone.call(phone.event("job.sent", job))
    assert tenant.message(sent)["status"] == "sent"
    refused = tenant.http.post(f"/v1/messages/{sent}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_final")


def test_a_job_given_back_while_canceling_is_canceled(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    tenant.http.post(f"/v1/messages/{sent}/cancel")
    phone.call(phone.event("job.released", job, data={"reason": "not_held"}))
    assert tenant.message(sent)["status"] == "canceled"
    assert phone.claim() == []


def test_a_message_can_be_moved_to_another_time_until_a_phone_holds_it(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    moved = tenant.http.post(f"/v1/messages/{sent}/reschedule", json={"send_at": "2077-01-15T12:00:00Z"})
    assert (moved.status_code, moved.json()["status"]) == (200, "scheduled")
    assert moved.json()["expires_at"] == "2077-01-16T12:00:00.000Z"
    assert phone.claim() == []
    clock.forward(hours=4)
    release(tenant, "207701151200")
    assert len(phone.claim()) == 1
    refused = tenant.http.post(f"/v1/messages/{sent}/reschedule", json={"send_at": "2077-01-15T13:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (409, "held_by_phone")


def test_an_ended_message_can_be_sent_again_as_a_new_one(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send(body="once more").json()["id"]
    assert tenant.http.post(f"/v1/messages/{sent}/resend").json()["code"] == "not_final"
    [job] = phone.claim()
    phone.call(phone.event("job.failed", job, data={"error": {"name": "X", "class": "permanent"}}))
    again = tenant.http.post(f"/v1/messages/{sent}/resend")
    assert again.status_code == 201
    assert again.json()["id"] != sent
    assert phone.claim()[0]["text"] == "once more"


def test_a_failure_before_the_air_is_tried_again_by_itself(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    phone.call(phone.event("job.failed", job, data={"error": {"name": "NO_SERVICE", "class": "not_submitted"}}))
    assert tenant.message(sent)["status"] == "queued"
    [again] = phone.claim()
    assert (again["job_id"], again["attempt"], again["not_before"]) == (sent, 2, "2077-01-15T08:00:30.000Z")
    phone.call(phone.event("job.delivered", again))
    assert tenant.message(sent)["status"] == "delivered"


def test_the_sweep_releases_what_no_execution_released(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    due_at = clock.now + 3_600_000
    sent = tenant.send(send_at=rfc3339(due_at)).json()["id"]
    minute = minute_of(due_at)
    put_check(tenant.deps.devices, minute, Check(tenant.account.id, minute=minute))
    clock.now = due_at
    swept_at(tenant.deps, clock, Started())
    assert [job["job_id"] for job in phone.claim()] == [sent]


def test_a_minute_with_more_messages_than_a_run_has_time_for_is_gone_on_with_by_the_next(
    tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.pair()
    due_at = clock.now + 3_600_000
    sent = [tenant.send(send_at=rfc3339(due_at)).json()["id"] for _ in range(3)]
    put_check(tenant.deps.devices, minute_of(due_at), Check(tenant.account.id, minute=minute_of(due_at)))
    monkeypatch.setattr(releases, "PAGE", 2)
    monkeypatch.setattr(sweeping, "RELEASING_BUDGET", -1)
    clock.now = due_at
    for left in (1, 0):
        swept_at(tenant.deps, clock, Started())
        assert [tenant.message(message)["status"] for message in sent].count("scheduled") == left
