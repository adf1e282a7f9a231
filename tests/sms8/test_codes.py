"""/ajax/otp-send.php and /ajax/otp-verify.php"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms8_client import Sms8Client

PHONE = "+14155550101"


def call(client: Sms8Client, page: str, **fields: Any) -> dict[str, Any]:
    answer = client.http.post(f"/ajax/{page}.php", data={"api_key": client.key, **fields})
    assert answer.status_code == 200
    parsed: dict[str, Any] = answer.json()
    return parsed


def code_at(phone: PhoneDriver) -> str:
    [job] = phone.claim()
    phone.call(phone.accept(job))
    phone.call(phone.event("job.sent", job))
    found = re.search(r"\d+", job["text"])
    assert found
    return found[0]


@pytest.mark.capability("X-02")
def test_a_code_is_sent_and_verified_as_documented(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    headers = {"authorization": f"Bearer {client.key}", "content-type": "application/x-www-form-urlencoded"}
    sent = client.http.post("/ajax/otp-send.php", content=f"phone={PHONE}", headers=headers).json()
    assert isinstance(sent.pop("otp_id"), int)
    assert sent == {"success": True, "phone": PHONE, "expires_at": "2077-01-15T08:05:00+00:00", "expires_in": 300}
    code = code_at(phone)
    assert code not in str(client.messages("read-messages"))
    wrong = call(client, "otp-verify", phone=PHONE, code="0" * 6 if code != "0" * 6 else "1" * 6)
    assert (wrong["verified"], wrong["reason"], wrong["attempts_left"]) == (False, "code_mismatch", 4)
    body = f"phone={PHONE}&code={code}"
    assert client.http.post("/ajax/otp-verify.php", content=body, headers=headers).json()["verified"] is True
    assert call(client, "otp-verify", phone=PHONE, code=code)["reason"] == "not_found"


@pytest.mark.capability("X-02")
@pytest.mark.parametrize("page", ["otp-send", "otp-verify"])
def test_a_get_is_405_whoever_asks(client: Sms8Client, page: str) -> None:
    answer = client.http.get(f"/ajax/{page}.php", params={"api_key": client.key, "phone": PHONE, "code": "1"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["success"] is False
    assert client.http.get("/ajax/other.php").status_code == 404


def test_a_cookie_is_no_key(client: Sms8Client, phone: PhoneDriver) -> None:
    headers = {"cookie": f"api_key={client.key}"}
    answer = client.http.post("/ajax/otp-send.php", data={"phone": PHONE}, headers=headers).json()
    assert answer == {"success": False, "error": "Invalid API key"}


@pytest.mark.capability("X-03")
def test_length_expiry_attempts_and_template_are_honoured(client: Sms8Client, phone: PhoneDriver, clock: Clock) -> None:
    wanted = {"length": 8, "expires_in": 60, "max_attempts": 1, "template": "Use {code} now"}
    assert call(client, "otp-send", phone=PHONE, **wanted)["expires_in"] == 60
    [job] = phone.claim()
    assert re.fullmatch(r"Use \d{8} now", job["text"])
    assert call(client, "otp-verify", phone=PHONE, code="x")["attempts_left"] == 0
    assert call(client, "otp-verify", phone=PHONE, code="x")["reason"] == "max_attempts"
    clock.forward(seconds=61)
    assert call(client, "otp-verify", phone=PHONE, code="x")["reason"] == "expired"


@pytest.mark.capability("X-03")
@pytest.mark.parametrize(
    ("name", "value"),
    [("length", 3), ("length", 9), ("expires_in", 59), ("expires_in", 901), ("max_attempts", 0), ("max_attempts", 11),
     ("template", "no place for it"), ("length", "x"), ("phone", "12"), ("devices", "xx")],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused_by_its_name(
    client: Sms8Client, phone: PhoneDriver, name: str, value: object
) -> None:
    answer = call(client, "otp-send", **{"phone": PHONE, name: value})
    assert answer["success"] is False
    assert answer["error"].startswith(f"{name}: ")
    assert phone.claim() == []


def test_a_device_and_its_sim_can_be_chosen(tenant: Tenant, client: Sms8Client, phone: PhoneDriver) -> None:
    second = tenant.pair()
    assert call(client, "otp-send", phone=PHONE, option=0, devices='["2|1"]')["success"]
    [job] = second.claim()
    assert job["sim"]["slot"] == 1
    assert call(client, "otp-send", phone="+14155550102", option=2, useRandomDevice=1)["success"]


@pytest.mark.capability("SMS8-69")
def test_the_next_code_waits_for_the_cooldown(
    tenant: Tenant, client: Sms8Client, phone: PhoneDriver, clock: Clock
) -> None:
    assert call(client, "otp-send", phone=PHONE)["success"]
    clock.forward(seconds=20)
    refused = call(client, "otp-send", phone=PHONE)
    assert (refused["success"], refused["retry_after"]) == (False, 40)
    assert "40 s" in refused["error"]
    tenant.http.patch("/v1/otp/settings", json={"cooldown": 30}).raise_for_status()
    assert call(client, "otp-send", phone=PHONE)["retry_after"] == 10
    clock.forward(seconds=10)
    assert call(client, "otp-send", phone=PHONE)["success"]


@pytest.mark.capability("SMS8-68")
def test_a_sixth_code_within_24_hours_is_refused(client: Sms8Client, phone: PhoneDriver, clock: Clock) -> None:
    for _ in range(5):
        assert call(client, "otp-send", phone=PHONE)["success"]
        clock.forward(minutes=10)
    assert call(client, "otp-send", phone=PHONE)["success"] is False
    clock.forward(hours=23, minutes=9)
    assert call(client, "otp-send", phone=PHONE)["success"] is False
    clock.forward(minutes=1)
    assert call(client, "otp-send", phone=PHONE)["success"]
