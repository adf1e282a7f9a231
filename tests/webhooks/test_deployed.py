"""The deployed functions, the real stream and a real receiver: what a caller does arrives, signed, in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from dev.cloud_process import CloudProcess
from tests.dev.cloud.steps import until
from tests.roost_fixtures import Tenant
from tests.webhook_receiver import Receiver, answering


def create(tenant: Tenant, receiver: Receiver, *events: str, **members: object) -> dict[str, str]:
    body = {"url": f"{receiver.url}/hook", "events": list(events), **members}
    answer = tenant.http.post("/v1/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


@pytest.mark.capability("8MS-15", "8MS-40")
def test_what_happens_to_messages_arrives_signed_and_in_order(deployed: Tenant, receiver: Receiver) -> None:
    hook = create(deployed, receiver, "message.queued", "message.sent", "message.delivered", "message.received")
    phone = deployed.pair()
    sent = deployed.send(body="hello").json()
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job))
    phone.call(phone.event("job.delivered", job))
    phone.call(phone.event("sms.received", data={"from": "+14155550100", "text": "yes please"}))
    posted = receiver.wait_for(4)
    told = [Webhook(hook["secret"]).verify(post.body, post.headers) for post in posted]
    assert [event["type"] for event in told] == [
        "message.queued",
        "message.sent",
        "message.delivered",
        "message.received",
    ]
    assert [event["sequence"] for event in told] == [1, 2, 3, 4]
    assert [event["data"]["message_id"] for event in told[:3]] == [sent["id"]] * 3
    assert (told[3]["data"]["from"], told[3]["data"]["body"]) == ("+14155550100", "yes please")


def test_a_failed_delivery_is_retried_five_seconds_later_by_one_execution(
    deployed: Tenant, receiver: Receiver, cloud: CloudProcess
) -> None:
    receiver.answer = answering(500, b"no")
    hook = create(deployed, receiver, "message.received")
    phone = deployed.pair()
    phone.call(phone.event("sms.received", data={"from": "+14155550100", "text": "one"}))
    [first] = receiver.wait_for(1)
    until(lambda: deployed.http.get(f"/v1/webhooks/{hook['id']}").json()["status"] == "failing")
    receiver.answer = answering(204)
    [_, second] = receiver.wait_for(2)
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert second.body == first.body
    until(lambda: deployed.http.get(f"/v1/webhooks/{hook['id']}").json()["status"] == "ok")
    listed = deployed.http.get(f"/v1/webhooks/{hook['id']}/deliveries").json()["data"]
    assert [(entry["status_code"], entry["answer"]) for entry in listed] == [(204, ""), (500, "no")]


def test_a_test_event_a_resend_and_a_replay_reach_the_receiver(deployed: Tenant, receiver: Receiver) -> None:
    hook = create(deployed, receiver, "message.received", "message.queued")
    base = f"/v1/webhooks/{hook['id']}"
    event = deployed.http.post(f"{base}/test").json()
    [tested] = receiver.wait_for(1)
    assert tested.headers["webhook-id"] == event["event_id"]
    assert json.loads(tested.body)["data"]["webhook_id"] == hook["id"]
    phone = deployed.pair()
    phone.call(phone.event("sms.received", data={"from": "+14155550100", "text": "one"}))
    deployed.send()
    posted = receiver.wait_for(3)[1:]
    until(lambda: len(deployed.http.get(f"{base}/deliveries").json()["data"]) == 3)
    entry = deployed.http.get(f"{base}/deliveries").json()["data"][0]
    assert deployed.http.post(f"{base}/deliveries/{entry['id']}/resend").status_code == 202
    again = receiver.wait_for(4)[3]
    assert again.headers["webhook-id"] == entry["event_id"]
    assert deployed.http.post(f"{base}/replay", json={"since": hook["created_at"]}).status_code == 202
    replayed = receiver.wait_for(6)[4:]
    assert [post.headers["webhook-id"] for post in replayed] == [post.headers["webhook-id"] for post in posted]


def test_nothing_private_of_a_webhook_is_logged(
    deployed: Tenant, receiver: Receiver, cloud: CloudProcess, function_log: Path
) -> None:
    receiver.answer = answering(200, b"what the receiver answers")
    hook = create(deployed, receiver, "message.received", url=f"{receiver.url}/a-secret-path")
    phone = deployed.pair()
    phone.call(phone.event("sms.received", data={"from": "+14155550177", "text": "a text for nobody's log"}))
    receiver.wait_for(1)
    cloud.drain()
    logged = function_log.read_text()
    assert "fanned out" in logged
    for private in (hook["secret"], "a-secret-path", "14155550177", "a text for nobody", "what the receiver answers"):
        assert private not in logged
