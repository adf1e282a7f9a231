"""What meets where batches, codes, USSD, opt-outs and the dialects come together."""

import pytest

from roost.domain import ids
from roost.domain.instants import DAY
from roost.storage.message_history import page_after
from tests.flows.test_batches import numbers
from tests.flows.test_recovery import Started, swept_at
from tests.roost_fixtures import Clock, Tenant


def test_a_conversion_cannot_be_reported_of_a_message_that_no_phone_has_yet(tenant: Tenant) -> None:
    tenant.pair()
    batch = tenant.http.post("/v1/sms/batch", json={"to": numbers(3), "body": "Sale"}).json()
    number = int(batch["messages"][1]["id"].removeprefix("msg_"))
    answer = tenant.http.post("/api/v1/conversion/report", json={"id": number})
    assert answer.status_code == 404
    assert tenant.message(batch["messages"][1]["id"])["status"] == "queued"


def test_a_one_time_code_cannot_be_put_off(tenant: Tenant) -> None:
    tenant.pair()
    tenant.http.post("/v1/otp", json={"to": "+14155551234"}).raise_for_status()
    [message] = tenant.http.get("/v1/messages").json()["data"]
    answer = tenant.http.post(f"/v1/messages/{message['id']}/reschedule", json={"send_at": "2077-02-15T08:00:00Z"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [("reschedule", {"send_at": "2077-02-15T08:00:00Z"}), ("cancel", {})],
)
def test_a_ussd_code_is_no_message(tenant: Tenant, path: str, body: dict[str, str]) -> None:
    phone = tenant.pair()
    made = tenant.http.post("/v1/ussd", json={"code": "*150#", "phone_id": phone.device_id}).json()
    number = made["id"].removeprefix("uss_")
    assert tenant.http.post(f"/v1/messages/msg_{number}/{path}", json=body).status_code == 404
    assert tenant.http.get(f"/v1/groups/grp_{number}").status_code == 404
    assert tenant.http.get("/v1/ussd").status_code == 200


def test_messages_of_batches_are_in_every_history(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    tenant.http.post("/v1/sms/batch", json={"to": numbers(3), "body": "Sale"}).raise_for_status()
    while phone.claim():
        pass
    listed = {message["id"] for message in tenant.http.get("/v1/messages").json()["data"]}
    yesterday = ids.message_id(tenant.deps.now() - DAY, serial=0)
    told = page_after(tenant.deps.messages, tenant.account.id, yesterday, tenant.deps.now(), 50)
    assert {f"msg_{message.id}" for message in told} == listed
    page = tenant.http.get("/api/v1/sms").json()
    assert page["meta"]["total"] == len(listed) == 4


def test_who_answers_stop_before_a_batch_is_due_gets_nothing_of_it(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    recipients = numbers(3)
    body = {"to": recipients, "body": "Sale", "send_at": "2077-01-15T09:00:00Z"}
    batch = tenant.http.post("/v1/sms/batch", json=body).json()
    phone.call(phone.event("sms.received", data={"from": recipients[1], "text": "STOP", "sim_id": "sim_a"}))
    for _ in range(63):
        swept_at(tenant.deps, clock, Started())
    jobs = []
    while got := phone.claim():
        jobs += got
    assert {job["to"] for job in jobs if job["text"] == "Sale"} == {recipients[0], recipients[2]}
    refused = tenant.message(batch["messages"][1]["id"])
    assert (refused["status"], refused["error"]) == ("canceled", {"name": "recipient_opted_out"})
