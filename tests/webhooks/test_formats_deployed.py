"""What receivers of SMS8 and 8ms get from the deployed functions, recomputed over the bytes that arrived."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs

import pytest
from standardwebhooks import Webhook

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant
from tests.webhook_receiver import Posted, Receiver


def webhook(tenant: Tenant, receiver: Receiver, path: str, *events: str, **members: object) -> dict[str, str]:
    body = {"url": f"{receiver.url}{path}", "events": list(events), **members}
    made: dict[str, str] = tenant.http.post("/v1/webhooks", json=body).raise_for_status().json()
    return made


def text_in(phone: PhoneDriver, text: str = "STOPP? nein") -> None:
    phone.call(phone.event("sms.received", data={"from": "+15550142", "text": text, "sim_id": "sim_b"}))


@pytest.mark.capability("SMS8-51", "SMS8-52")
def test_every_received_text_is_posted_as_the_classic_form_signed_with_the_secret(
    deployed: Tenant, receiver: Receiver
) -> None:
    key = deployed.sms8().key
    webhook(deployed, receiver, "/", "message.received", format="sms8-classic", secret=key)
    phone = deployed.pair()
    text_in(phone)
    [posted] = receiver.wait_for(1)
    field = signed_field(posted, key)
    [message] = json.loads(field)
    assert (message["number"], message["message"], message["status"]) == ("+15550142", "STOPP? nein", "Received")
    assert (message["deviceID"], message["simSlot"]) == ("1", "1")
    changed = field.replace("nein", "nEin")
    assert base64_hmac(key, changed) != posted.headers["x-sg-signature"]
    renewed = deployed.sms8().key
    text_in(phone, "again")
    signed_field(receiver.wait_for(2)[1], renewed)
    assert renewed != key
    assert len(receiver.posted) == 2


@pytest.mark.capability("X-05")
def test_the_answer_to_a_ussd_code_is_posted_as_a_form_of_its_own(deployed: Tenant, receiver: Receiver) -> None:
    key = deployed.sms8().key
    webhook(deployed, receiver, "/", "ussd.answered", format="sms8-classic", secret=key)
    phone = deployed.pair()
    form = {"key": key, "request": "*150#", "device": "1", "sim": "0"}
    assert deployed.http.post("/services/send-ussd-request.php", data=form).json()["success"]
    [job] = phone.claim()
    phone.call(phone.event("ussd.result", job, data={"ok": True, "text": "Your balance is 5.00"}))
    [posted] = receiver.wait_for(1)
    answer = json.loads(signed_field(posted, key, "ussdRequest"))
    assert answer == {"deviceID": 1, "simSlot": 0, "request": "*150#", "response": "Your balance is 5.00"}


def signed_field(posted: Posted, key: str, name: str = "messages") -> str:
    """A field of the form, if its signature is right."""
    [field] = parse_qs(posted.body.decode(), strict_parsing=True)[name]
    assert posted.headers["x-sg-signature"] == base64_hmac(key, field)
    return field


def base64_hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.capability("X-06")
def test_each_event_of_sms8_json_is_delivered_and_verified(deployed: Tenant, receiver: Receiver) -> None:
    events = [f"message.{what}" for what in ("received", "sent", "delivered", "failed")]
    hook = webhook(deployed, receiver, "/", *events, format="sms8-json")
    phone = deployed.pair()
    deployed.send("+14155550001")
    deployed.send("+14155550002")
    good, bad = phone.claim()
    phone.call(phone.event("job.sent", good), phone.event("job.sending", bad))
    phone.call(phone.event("job.delivered", good))
    phone.call(phone.event("job.failed", bad, data={"error": {"name": "NO_SERVICE", "class": "final"}}))
    text_in(phone)
    posted = receiver.wait_for(4)
    for post in posted:
        expected = hmac.new(hook["secret"].encode(), post.body, hashlib.sha256).hexdigest()
        assert post.headers["x-sms8-signature"] == expected
    told = {json.loads(post.body)["event"]: json.loads(post.body)["data"] for post in posted}
    assert sorted(told) == sorted(events)
    assert told["message.failed"]["error"] == "NO_SERVICE"
    assert told["message.received"]["from"] == "+15550142"


@pytest.mark.capability("8MS-41")
def test_8ms_is_signed_over_the_raw_body_and_a_wrong_secret_fails(deployed: Tenant, receiver: Receiver) -> None:
    hook = webhook(deployed, receiver, "/", "message.received", format="8ms")
    text_in(deployed.pair())
    [posted] = receiver.wait_for(1)
    signature = hmac.new(hook["secret"].encode(), posted.body, hashlib.sha256).hexdigest()
    assert posted.headers["x-8ms-signature"] == f"sha256={signature}"
    assert posted.headers["x-8ms-delivery"] == json.loads(posted.body)["id"]
    assert hmac.new(b"wrong", posted.body, hashlib.sha256).hexdigest() != signature


def test_after_a_rotation_a_delivery_verifies_with_both_secrets(deployed: Tenant, receiver: Receiver) -> None:
    hook = webhook(deployed, receiver, "/", "message.received")
    fresh = deployed.http.post(f"/v1/webhooks/{hook['id']}/rotate").json()["secret"]
    text_in(deployed.pair())
    [posted] = receiver.wait_for(1)
    for secret in (hook["secret"], fresh):
        assert Webhook(secret).verify(posted.body, posted.headers)["type"] == "message.received"
