"""What nobody claimed of a batch: later, canceled, overdue, or dealt to a phone that is gone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key

from roost.domain import ids
from roost.domain.batches import LaneStatus
from roost.domain.instants import minute_of
from roost.domain.messages import Priority
from roost.storage.checks import checks_of
from roost.usecases.dispatch_lanes import ChangedLane
from tests.flows.test_batch_claims import take
from tests.flows.test_batches import listed, send_all
from tests.flows.test_recovery import Started
from tests.flows.test_schedule_and_cancel import release
from tests.in_role import dispatch_changes, settle_batch
from tests.roost_fixtures import Clock, Tenant


def statuses(tenant: Tenant, group: str) -> dict[str, int]:
    """As the group says, after every page of its messages said the same."""
    found: dict[str, int] = tenant.http.get(f"/v1/groups/{group}").json()["status"]
    assert found == Counter(message["status"] for message in listed(tenant, group_id=group))
    return found


def settle(tenant: Tenant, group: str) -> None:
    """What the sweep does, as often as it is asked back for now."""
    base = int(group.removeprefix("grp_"))
    for _ in range(50):
        following = settle_batch(tenant.deps, tenant.account.id, base)
        if following is None or following > tenant.deps.now():
            return
    raise AssertionError("the batch is never settled")


def items_of(tenant: Tenant, group: str) -> Counter[str]:
    """What is stored for messages of a group, by state."""
    day, shard = ids.day_and_shard(int(group.removeprefix("grp_")))
    key = Key("pk").eq(f"A#{tenant.account.id}#{day}#{shard}")
    items = tenant.deps.messages.query(KeyConditionExpression=key)["Items"]
    return Counter(str(item["status"]) for item in items if "status" in item)


def changed(tenant: Tenant, group: str, status: LaneStatus, left: int, phone: int | None = None) -> ChangedLane:
    now = tenant.deps.now()
    base = int(group.removeprefix("grp_"))
    return ChangedLane("1", tenant.account.id, base, status, Priority.BULK, now, now + 86_400_000, left, phone)


def test_a_scheduled_batch_waits_and_is_released_at_once(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 50, send_at="2077-01-15T10:30:20+00:00").json()
    assert statuses(tenant, batch["group_id"]) == {"scheduled": 50}
    waiting = tenant.message(batch["messages"][7]["id"])["waiting"]
    assert isinstance(waiting, dict)
    assert (waiting["reason"], waiting["until"]) == ("scheduled", "2077-01-15T10:30:20.000Z")
    assert phone.claim() == []
    clock.forward(hours=2, minutes=31)
    assert release(tenant, "207701151030") == {"released": 1, "more": False}
    assert release(tenant, "207701151030") == {"released": 0, "more": False}, "twice is once"
    assert statuses(tenant, batch["group_id"]) == {"queued": 50}
    [job, *others] = phone.claim()
    assert len(others) == 9
    assert (job["not_before"], job["not_after"]) == ("2077-01-15T10:31:00.000Z", "2077-01-16T10:30:20.000Z")


def test_a_scheduled_batch_dealt_to_a_phone_that_is_gone_fails_and_says_so(tenant: Tenant, clock: Clock) -> None:
    gone, _ = tenant.pair(), tenant.pair()
    batch = send_all(tenant, 4, send_at="2077-01-15T10:30:20+00:00", senders=[gone.device_id]).json()
    tenant.http.delete(f"/v1/phones/{gone.device_id}")
    clock.forward(hours=3)
    release(tenant, "207701151030")
    assert statuses(tenant, batch["group_id"]) == {"failed": 4}
    assert tenant.message(batch["messages"][0]["id"])["error"] == {"name": "no_eligible_phone"}


def test_canceling_a_group_ends_what_waits_at_once_and_asks_phones_for_the_rest(tenant: Tenant) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    batch = send_all(tenant, 45).json()
    jobs = phone.claim()
    phone.call(phone.accept(*jobs))
    phone.call(phone.event("job.sent", jobs[0]))
    answer = tenant.http.post(f"/v1/groups/{batch['group_id']}/cancel")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == {"sent": 1, "canceling": 9, "canceled": 35}
    assert phone.claim(have=[job["job_id"] for job in jobs[1:]]) == []
    phone.call(*(phone.event("job.canceled", job) for job in jobs[1:]))
    settle(tenant, batch["group_id"])
    assert statuses(tenant, batch["group_id"]) == {"sent": 1, "canceled": 44}
    assert items_of(tenant, batch["group_id"]) == {"sent": 1, "canceled": 44}, "each tells the stream once"


def test_canceling_one_message_of_a_batch_leaves_the_others(tenant: Tenant) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 3).json()
    second = batch["messages"][1]["id"]
    assert tenant.http.post(f"/v1/messages/{second}/cancel").json()["status"] == "canceled"
    assert tenant.http.post(f"/v1/messages/{second}/cancel").json()["status"] == "canceled"
    taken = [job["job_id"] for _ in range(3) for job in take(phone, [])]
    assert taken == [batch["messages"][0]["id"], batch["messages"][2]["id"]]


def test_one_message_of_a_batch_can_be_moved_to_another_time(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 2).json()
    first = batch["messages"][0]["id"]
    moved = tenant.http.post(f"/v1/messages/{first}/reschedule", json={"send_at": "2077-01-15T09:00:00Z"})
    assert moved.json()["status"] == "scheduled"
    assert [job["job_id"] for _ in range(2) for job in take(phone, [])] == [batch["messages"][1]["id"]]
    clock.forward(hours=1, minutes=1)
    tenant.deps.now()
    phone.call()
    release(tenant, "207701150900")
    assert [job["job_id"] for job in take(phone, [])] == [first]


def test_an_overdue_batch_is_handed_to_nobody_and_expires_message_by_message(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    batch = send_all(tenant, 45, ttl_seconds=600).json()
    held = phone.claim()
    phone.call(*(phone.event("job.sent", job) for job in held))
    clock.forward(minutes=11)
    assert phone.claim() == []
    settle(tenant, batch["group_id"])
    assert statuses(tenant, batch["group_id"]) == {"sent": 10, "expired": 35}
    assert items_of(tenant, batch["group_id"]) == {"sent": 10, "expired": 35}
    assert tenant.message(batch["messages"][44]["id"])["error"] == {"name": "too_late"}


def test_writing_out_goes_on_where_it_stopped(tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant.pair()
    batch = send_all(tenant, 45, ttl_seconds=600).json()
    monkeypatch.setattr("roost.usecases.close_lanes.MOST_WRITES", 20)
    clock.forward(minutes=11)
    base, stored = int(batch["group_id"].removeprefix("grp_")), []
    for _ in range(4):
        settle_batch(tenant.deps, tenant.account.id, base)
        stored.append(items_of(tenant, batch["group_id"])["expired"])
        assert statuses(tenant, batch["group_id"]) == {"expired": 45}, "to readers it is over at once"
    assert all(have >= least for have, least in zip(stored, [0, 20, 40, 45], strict=True)), stored
    assert stored[-1] == 45


def test_a_removed_phone_fails_what_was_dealt_to_it_and_leaves_the_pool_to_others(tenant: Tenant) -> None:
    gone, helper = tenant.pair(), tenant.pair()
    dealt = send_all(tenant, 6, senders=[gone.device_id, helper.device_id]).json()
    pooled = send_all(tenant, 6).json()
    tenant.http.delete(f"/v1/phones/{gone.device_id}").raise_for_status()
    assert statuses(tenant, dealt["group_id"]) == {"failed": 3, "queued": 3}
    assert tenant.message(dealt["messages"][0]["id"])["error"] == {"name": "phone_removed"}
    taken = [job["job_id"] for _ in range(9) for job in take(helper, [])]
    assert len(taken) == 9
    assert statuses(tenant, pooled["group_id"]) == {"sent": 6}


def test_a_closed_lane_is_looked_at_now(tenant: Tenant) -> None:
    tenant.pair()
    batch = send_all(tenant, 3).json()
    dispatch_changes(tenant.deps, None, Started(), [changed(tenant, batch["group_id"], LaneStatus.CANCELED, 3)])  # type: ignore[arg-type]
    checks = {check.batch for _, check in checks_of(tenant.deps.devices, minute_of(tenant.deps.now()))}
    assert int(batch["group_id"].removeprefix("grp_")) in checks


def test_each_message_of_a_batch_says_why_it_waits_and_when_it_is_expected_to_leave(tenant: Tenant) -> None:
    tenant.pair(paced=True), tenant.pair(paced=True)
    batch = send_all(tenant, 50).json()
    waits: list[Any] = [tenant.message(batch["messages"][place]["id"])["waiting"] for place in (0, 1, 2, 9)]
    assert {wait["reason"] for wait in waits} == {"next_free_phone"}
    assert [wait["until"] for wait in waits] == [
        "2077-01-15T08:00:00.000Z",
        "2077-01-15T08:00:00.000Z",
        "2077-01-15T08:04:00.000Z",
        "2077-01-15T08:16:00.000Z",
    ]


def test_a_message_dealt_to_a_phone_waits_for_that_phone(tenant: Tenant) -> None:
    phone = tenant.pair(paced=True)
    batch = send_all(tenant, 50, senders=[phone.device_id]).json()
    wait: Any = tenant.message(batch["messages"][3]["id"])["waiting"]
    assert wait["until"] == "2077-01-15T08:12:00.000Z"
    assert "3 of its batch go first" in wait["detail"]


def test_with_no_phone_online_nobody_can_say_when(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    batch = send_all(tenant, 2).json()
    clock.forward(hours=2)
    wait: Any = tenant.message(batch["messages"][0]["id"])["waiting"]
    assert (wait["reason"], wait["until"]) == ("no_phone_online", None)


def test_a_group_of_another_account_does_not_exist(tenant: Tenant, other_tenant: Tenant) -> None:
    tenant.pair()
    group = send_all(tenant, 3).json()["group_id"]
    assert other_tenant.http.get(f"/v1/groups/{group}").status_code == 404
    assert other_tenant.http.post(f"/v1/groups/{group}/cancel").status_code == 404
    assert other_tenant.http.post(f"/v1/groups/{group}/resend", json={}).status_code == 404
    assert listed(other_tenant, group_id=group) == []
    assert statuses(tenant, group) == {"queued": 3}
