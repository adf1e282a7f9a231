"""What each format posts, held against the receivers' own verifiers and the published vectors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from roost.domain.event_data import DATA_OF
from roost.domain.ids import created_at
from roost.domain.instants import HOUR, as_datetime
from roost.domain.webhook_events import endpoint_test_event
from roost.domain.webhook_formats import render
from roost.domain.webhooks import (
    CARRIES,
    Endpoint,
    Event,
    EventType,
    WebhookFormat,
    checked_secret,
    new_webhook_secret,
    secret_key,
)

NOW = 1_795_165_443_120
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

RECEIVED = {
    "message_id": "msg_374928374928", "direction": "in", "to": None, "from": "+15550142", "body": "yes 👍",
    "status": "received", "phone_id": "phn_2", "sim_slot": 1, "segments": 1, "attempt": 1,
    "created_at": "2026-11-20T09:04:04.100Z", "at": "2026-11-20T09:04:03.000Z", "error": None,
}  # fmt: skip


def an_event(event_type: EventType = EventType.MESSAGE_RECEIVED, **data: Any) -> Event:
    return Event("evt_374928374928_received", event_type, "acc1", NOW, {**RECEIVED, **data})


def an_endpoint(webhook_format: WebhookFormat = WebhookFormat.STANDARD, **members: Any) -> Endpoint:
    said: dict[str, Any] = {"secret": SECRET, **members}
    return Endpoint(
        "acc1", "whk_1", "https://x.com", frozenset(EventType), webhook_format, description="", created_at=0, **said
    )


def verify_now(endpoint: Endpoint, secret: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    request = render(endpoint, an_event(), 7, NOW)
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", FrozenDatetime)
    return Webhook(secret).verify(request.body, dict(request.headers))


class FrozenDatetime(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return as_datetime(NOW).astimezone(tz) + timedelta(seconds=2)


def test_the_published_vector_signs_as_published() -> None:
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    signature = base64.b64encode(hmac.new(secret_key(SECRET), signed, hashlib.sha256).digest()).decode()
    assert signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_standard_format_is_verified_by_the_package_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    told = verify_now(an_endpoint(), SECRET, monkeypatch)
    assert (told["type"], told["sequence"], told["data"]["body"]) == ("message.received", 7, "yes 👍")


def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_only_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fresh = new_webhook_secret(bytes(range(24)))
    rotated = an_endpoint(secret=fresh, former_secret=SECRET, former_until=NOW + 1)
    assert verify_now(rotated, SECRET, monkeypatch) == verify_now(rotated, fresh, monkeypatch)
    over = an_endpoint(secret=fresh, former_secret=SECRET, former_until=NOW)
    assert verify_now(over, fresh, monkeypatch)
    with pytest.raises(Exception, match="No matching signature"):
        verify_now(over, SECRET, monkeypatch)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_flipped_bit_of_the_body_breaks_every_signature(position: int, bit: int) -> None:
    for webhook_format in (WebhookFormat.EIGHTMS, WebhookFormat.SMS8_JSON):
        request = render(an_endpoint(webhook_format), an_event(), 1, NOW)
        altered = bytearray(request.body)
        altered[position % len(altered)] ^= 1 << bit
        header = "x-8ms-signature" if webhook_format is WebhookFormat.EIGHTMS else "x-sms8-signature"
        said = request.headers[header].removeprefix("sha256=")
        assert said == hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
        assert said != hmac.new(SECRET.encode(), bytes(altered), hashlib.sha256).hexdigest()


def test_the_8ms_envelope_names_the_event_and_the_delivery() -> None:
    request = render(an_endpoint(WebhookFormat.EIGHTMS), an_event(), 3, NOW)
    body = json.loads(request.body)
    assert (request.headers["x-8ms-event"], request.headers["x-8ms-delivery"]) == (body["event"], body["id"])
    assert body.keys() == {"id", "event", "created_at", "sequence", "data"}


def test_sms8_json_has_the_published_shape() -> None:
    received = json.loads(render(an_endpoint(WebhookFormat.SMS8_JSON), an_event(), 1, NOW).body)
    assert received["event"] == "message.received"
    assert received["data"] == {
        "id": 374928374928,
        "from": "+15550142",
        "message": "yes 👍",
        "device_id": 2,
        "received_at": "2026-11-20T09:04:03Z",
    }
    failed = an_event(EventType.MESSAGE_FAILED, to="+15550142", error={"name": "RADIO_OFF"})
    assert json.loads(render(an_endpoint(WebhookFormat.SMS8_JSON), failed, 1, NOW).body)["data"]["error"] == "RADIO_OFF"


def test_the_classic_form_signs_its_field_as_stock_receivers_check_it() -> None:
    request = render(an_endpoint(WebhookFormat.SMS8_CLASSIC), an_event(), 1, NOW)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    [field] = parse_qs(request.body.decode(), strict_parsing=True)["messages"]
    signature = base64.b64encode(hmac.new(SECRET.encode(), field.encode(), hashlib.sha256).digest()).decode()
    assert request.headers["x-sg-signature"] == signature
    [message] = json.loads(field)
    assert message == {
        "ID": "374928374928",
        "number": "+15550142",
        "message": "yes 👍",
        "deviceID": "2",
        "simSlot": "1",
        "userID": "acc1",
        "status": "Received",
        "sentDate": "2026-11-20T09:04:03+00:00",
        "deliveredDate": as_datetime(created_at(374_928_374_928)).isoformat(timespec="seconds"),
        "groupID": None,
    }


def test_the_classic_form_carries_the_answer_of_a_ussd_request_in_its_own_field() -> None:
    data = {"request_id": "1", "phone_id": "phn_2", "sim_slot": 0, "request": "*100#", "response": "5 EUR", "at": ""}
    event = Event("evt_ussd_1", EventType.USSD_ANSWERED, "acc1", NOW, data)
    request = render(an_endpoint(WebhookFormat.SMS8_CLASSIC), event, 1, NOW)
    [field] = parse_qs(request.body.decode())["ussdRequest"]
    assert json.loads(field) == {"deviceID": 2, "simSlot": 0, "request": "*100#", "response": "5 EUR"}


@pytest.mark.parametrize("webhook_format", WebhookFormat)
def test_a_test_event_goes_in_every_format(webhook_format: WebhookFormat) -> None:
    request = render(an_endpoint(webhook_format), endpoint_test_event("acc1", "whk_1", NOW, "00"), 1, NOW)
    assert request.body
    assert request.headers["x-roost-event"] == "webhook.test"


def test_every_event_has_a_schema_and_a_format_that_carries_it() -> None:
    assert set(DATA_OF) == set(EventType) == CARRIES[WebhookFormat.STANDARD]


@pytest.mark.parametrize("size", [24, 33, 64])
def test_a_secret_of_the_standards_size_may_be_brought_along(size: int) -> None:
    secret = new_webhook_secret(bytes(size))
    assert checked_secret(secret, WebhookFormat.STANDARD) == secret
    assert secret_key(secret) == bytes(size)


def test_former_secrets_last_a_day() -> None:
    endpoint = an_endpoint(former_secret="old", former_until=NOW + 24 * HOUR)
    assert endpoint.secrets(NOW + 24 * HOUR - 1) == (SECRET, "old")
    assert endpoint.secrets(NOW + 24 * HOUR) == (SECRET,)
