"""Many messages in one request: all or none, and to every reader like messages that were sent alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from tests.roost_fixtures import Clock, Tenant


def numbers(count: int) -> list[str]:
    return [f"+1415{index:07d}" for index in range(count)]


def send_all(tenant: Tenant, count: int, **members: Any) -> httpx.Response:
    body = {"to": numbers(count), "body": "Sale ends tonight", **members}
    return tenant.http.post("/v1/sms/batch", json=body)


def listed(tenant: Tenant, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = tenant.http.get("/v1/messages", params={"limit": 100, **query, **cursor}).json()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_each_recipient_gets_a_message_of_its_own_with_an_id_in_the_order_of_the_request(tenant: Tenant) -> None:
    tenant.pair()
    answer = send_all(tenant, 95)
    assert answer.status_code == 201, answer.text
    batch = answer.json()
    assert batch["count"] == 95
    assert [message["to"] for message in batch["messages"]] == numbers(95)
    ids = [message["id"] for message in batch["messages"]]
    assert len(set(ids)) == 95
    assert ids == sorted(ids, key=lambda message_id: int(message_id.removeprefix("msg_")))
    assert {message["status"] for message in batch["messages"]} == {"queued"}


def test_a_message_of_a_batch_reads_like_any_other(tenant: Tenant) -> None:
    tenant.pair()
    texts = [{"to": number, "body": f"Hello {number}"} for number in numbers(50)]
    batch = tenant.http.post("/v1/sms/batch", json={"messages": texts}).json()
    for place in (0, 39, 40, 49):
        message = tenant.message(batch["messages"][place]["id"])
        assert (message["to"], message["body"]) == (texts[place]["to"], texts[place]["body"])
        assert message["status"] == "queued"
        assert message["group_id"] == batch["group_id"]
        assert message["waiting"] is not None


def test_lists_show_batches_and_single_messages_in_one_row_newest_first(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    first = tenant.send().json()["id"]
    clock.forward(hours=30)
    tenant.pair()
    batch = send_all(tenant, 90).json()
    clock.forward(minutes=1)
    last = tenant.send().json()["id"]
    ids = [message["id"] for message in listed(tenant)]
    assert ids == [last, *(message["id"] for message in reversed(batch["messages"])), first]


def test_a_group_lists_exactly_what_was_sent_together(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    one, other = send_all(tenant, 45).json(), send_all(tenant, 45).json()
    alone = tenant.send().json()
    assert len({one["group_id"], other["group_id"], alone["group_id"]}) == 3
    for group in (one, other):
        found = listed(tenant, group_id=group["group_id"])
        assert [message["id"] for message in reversed(found)] == [message["id"] for message in group["messages"]]
    assert [message["id"] for message in listed(tenant, group_id=alone["group_id"])] == [alone["id"]]
    assert tenant.http.get(f"/v1/groups/{one['group_id']}").json()["status"] == {"queued": 45}


def test_a_bad_item_refuses_the_whole_batch_and_is_named(tenant: Tenant) -> None:
    tenant.pair()
    texts = [{"to": "+14155551234", "body": "hi"}, {"to": "12", "body": "hi"}]
    refused = tenant.http.post("/v1/sms/batch", json={"messages": texts})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "messages.1.to"
    too_long = tenant.http.post("/v1/sms/batch", json={"to": numbers(2), "body": "x" * 1_601})
    assert too_long.json()["errors"][0]["field"] == "body"
    assert listed(tenant) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"to": [], "body": "hi"},
        {"to": ["+14155551234"]},
        {"to": ["+14155551234"], "body": "hi", "messages": [{"to": "+14155551234", "body": "hi"}]},
        {"to": ["+14155551234"], "body": "hi", "senders": []},
        {"to": ["+14155551234"], "body": "hi", "senders": ["xx"]},
    ],
)
def test_a_request_that_is_no_batch_is_refused(tenant: Tenant, body: dict[str, Any]) -> None:
    tenant.pair()
    assert tenant.http.post("/v1/sms/batch", json=body).status_code == 422


def test_more_than_ten_thousand_are_refused_with_the_limit(tenant: Tenant) -> None:
    tenant.pair()
    refused = send_all(tenant, 10_001)
    assert refused.status_code == 413
    assert "10,000" in refused.json()["detail"]


def test_a_repeated_request_with_the_same_key_gets_the_same_answer(tenant: Tenant) -> None:
    phone = tenant.pair()
    body = {"to": numbers(45), "body": "hi", "senders": ["all_sims"][0]}
    first = tenant.http.post("/v1/sms/batch", json=body, headers={"Idempotency-Key": "k"})
    phone.claim()
    again = tenant.http.post("/v1/sms/batch", json=body, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(listed(tenant)) == 45
    other = tenant.http.post("/v1/sms/batch", json={**body, "body": "ho"}, headers={"Idempotency-Key": "k"})
    assert other.json()["code"] == "idempotency_mismatch"


def test_nobody_reads_what_was_not_committed(tenant: Tenant) -> None:
    """Chunks whose batch died before its transaction are nobody's messages."""
    tenant.pair()

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roost.usecases.send_batch.commit", die)
        assert send_all(tenant, 45).status_code == 500
    assert listed(tenant) == []


def test_without_any_phone_that_may_send_a_batch_is_refused(tenant: Tenant) -> None:
    assert send_all(tenant, 2).json()["code"] == "no_eligible_phone"


def test_a_window_includes_both_its_ends(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    ids = []
    for _ in range(4):
        ids.append(tenant.send().json())
        clock.forward(minutes=1)
    window = {"since": ids[1]["created_at"], "until": ids[2]["created_at"]}
    assert [message["id"] for message in listed(tenant, **window)] == [ids[2]["id"], ids[1]["id"]]


def test_messages_are_filtered_by_sim(tenant: Tenant) -> None:
    phone = tenant.pair()
    senders = [f"{phone.device_id}|0", f"{phone.device_id}|1"]
    send_all(tenant, 5, senders=senders)
    slots = Counter(message["sim_slot"] for message in listed(tenant))
    assert slots == {0: 3, 1: 2}
    assert len(listed(tenant, sim_slot=1)) == 2
