"""/api.php?action=, as the service's JavaScript and PHP examples call it."""

from __future__ import annotations

import httpx
import pytest

from roost.domain.api_keys import Scope
from tests.flows.test_mms import PNG, a_picture
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms8.stage import receive
from tests.sms8_client import Sms8Client


@pytest.mark.capability("X-07")
def test_send_answers_the_id_of_the_message(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    second = tenant.pair()
    fields = {"api_key": client.key, "phone": "+14155550101", "message": "hi"}
    answer = client.http.post("/api.php?action=send", data=fields).json()
    assert answer == {"success": True, "message_id": answer["message_id"]}
    assert client.messages("read-messages", id=answer["message_id"])[0]["deviceID"] == "1"
    assert client.http.post("/api.php?action=send", data={**fields, "device_id": 2}).json()["success"]
    assert [len(device.claim()) for device in (phone, second)] == [1, 1]


@pytest.mark.capability("X-07")
def test_the_inbox_is_read_by_get_with_direction_and_limit(
    client: Sms8Client, phone: PhoneDriver, clock: Clock
) -> None:
    for n in range(3):
        receive(phone, "+14155550199", f"in {n}")
        clock.forward(seconds=1)
    client.messages("send", number="+14155550101", message="out")

    def texts(**query: str | int) -> list[str]:
        answer = client.http.get("/api.php", params={"action": "inbox", "api_key": client.key, **query}).json()
        assert (answer["success"], answer["count"]) == (True, len(answer["messages"]))
        return [message["message"] for message in answer["messages"]]

    assert texts() == ["out", "in 2", "in 1", "in 0"]
    assert texts(direction="received", limit=2) == ["in 2", "in 1"]
    assert texts(direction="sent") == ["out"]


@pytest.mark.capability("X-07")
def test_devices_are_listed(client: Sms8Client, phone: PhoneDriver) -> None:
    answer = client.http.post("/api.php?action=devices", data={"api_key": client.key}).json()
    assert (answer["success"], answer["count"], answer["devices"][0]["id"]) == (True, 1, 1)


def test_an_error_is_a_text(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    for query, fields, text in (
        ("action=send", {"phone": "+14155550101"}, "message: is missing"),
        ("action=send", {"phone": "12", "message": "x"}, "phone: must be a phone number"),
        ("action=send", {"phone": "+14155550101", "message": "x", "device_id": 9}, "No phone phn_9"),
        ("action=inbox", {"limit": 101}, "limit: "),
        ("action=inbox", {"direction": "up"}, "direction: "),
        ("action=fly", {}, "action: must be send, inbox or devices"),
        ("", {}, "action: must be send, inbox or devices"),
    ):
        answer = client.http.post(f"/api.php?{query}", data={"api_key": client.key, **fields})
        assert answer.status_code == 200
        assert answer.json()["success"] is False
        assert answer.json()["error"].startswith(text), query


def test_each_action_needs_its_own_scope(tenant: Tenant, phone: PhoneDriver) -> None:
    key = tenant.key(Scope.DEVICES_READ)

    def allowed(action: str) -> bool:
        fields = {"api_key": key, "phone": "+14155550101", "message": "x"}
        return bool(tenant.http.post(f"/api.php?action={action}", data=fields).json()["success"])

    assert [allowed(action) for action in ("send", "inbox", "devices")] == [False, False, True]
    assert phone.claim() == []


@pytest.mark.capability("X-07")
def test_the_inbox_leads_to_its_pictures(client: Sms8Client, phone: PhoneDriver) -> None:
    a_picture(phone)
    answer = client.http.get("/api.php", params={"action": "inbox", "api_key": client.key}).json()
    assert httpx.get(answer["messages"][0]["attachments"]).content == PNG
