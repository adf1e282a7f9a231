"""From an accepted message to a woken phone: the table's stream, the deployed function, FCM's own protocol."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dev.cloud_process import CloudProcess
from dev.fcm.faults import Fault, FaultKind
from dev.fcm.stand_in import FcmStandIn
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

PATIENCE_SECONDS = 20


def pushes(fcm: FcmStandIn, token: str, seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
    return fcm.wait_for_pushes(token, seconds, lambda: True) or []


def sent_to(fcm: FcmStandIn, token: str) -> list[dict[str, Any]]:
    return [push for push in fcm.sent() if push["token"] == token]


@pytest.fixture
def token(fcm: FcmStandIn) -> str:
    return fcm.register("roost-local")


@pytest.fixture
def phone(deployed: Tenant, token: str) -> PhoneDriver:
    driver = deployed.pair()
    driver.register_push(token)
    return driver


@pytest.mark.capability("DORA-31")
def test_a_message_wakes_its_phone_which_claims_sends_and_reports(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str
) -> None:
    key = deployed.key(key_format="smsgw")
    body = {"recipient": "+212600000000", "message": "Your verification code is 4829"}
    answer = deployed.http.post("/messages/send", json=body, headers={"x-api-key": key}).json()
    [push] = pushes(fcm, token)
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job))
    phone.call(phone.event("job.delivered", job))
    assert deployed.message(answer["data"]["id"])["status"] == "delivered"
    assert push["data"]["t"] == "wake"


def test_a_push_holds_no_text_no_number_and_no_id(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str
) -> None:
    sent = deployed.send("+14155551234", "the secret of the day").json()
    pushes(fcm, token)
    [push] = sent_to(fcm, token)
    assert set(push["data"]) == {"v", "t", "n"}
    shown = json.dumps(push)
    for private in ("4155551234", "secret", sent["id"].removeprefix("msg_")):
        assert private not in shown
    assert (push["priority"], push["ttl_seconds"]) == ("high", 3_600)


@pytest.mark.capability("8MS-50")
def test_a_message_is_claimed_within_two_seconds_of_its_acceptance(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str
) -> None:
    for warm in (False, True):
        sent = deployed.send().json()
        assert pushes(fcm, token)
        phone.claim()
        if warm:
            timeline: Any = deployed.message(sent["id"])["timeline"]
            steps = {entry["step"]: datetime.fromisoformat(entry["at"]) for entry in timeline}
            assert (steps["accepted"] - steps["queued"]).total_seconds() < 2


def test_at_most_one_wake_is_outstanding_until_the_phone_claims(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str, cloud: CloudProcess
) -> None:
    for _ in range(4):
        deployed.send()
        cloud.drain()
    assert len(sent_to(fcm, token)) == 1
    assert len(phone.claim()) == 4
    deployed.send()
    cloud.drain()
    assert len(sent_to(fcm, token)) == 2


def test_a_refused_registration_is_shown_and_the_message_still_goes_by_the_next_poll(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str, cloud: CloudProcess
) -> None:
    fcm.unregister(token)
    deployed.send()
    cloud.drain()
    [shown] = deployed.http.get("/v1/phones").json()["data"]
    assert shown["push"] == "lost"
    answer = phone.call(claim="poll")
    assert len(answer["jobs"]) == 1
    assert answer["next_poll_seconds"] == 60
    phone.register_push(fcm.register("roost-local"))
    assert deployed.http.get("/v1/phones").json()["data"][0]["push"] == "ok"


def test_a_push_service_that_is_down_for_a_moment_is_asked_again_by_the_stream(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str
) -> None:
    fcm.add_faults([Fault(kind=FaultKind.ERROR, error="UNAVAILABLE", token=token)])
    deployed.send()
    assert pushes(fcm, token)


def test_a_throttled_push_returns_at_once_and_loses_nothing(
    deployed: Tenant, phone: PhoneDriver, fcm: FcmStandIn, token: str, cloud: CloudProcess
) -> None:
    fcm.add_faults([Fault(kind=FaultKind.ERROR, error="QUOTA_EXCEEDED", retry_after_seconds=60, token=token)])
    deployed.send()
    cloud.drain(seconds=6)
    assert sent_to(fcm, token) == []
    assert len(phone.claim()) == 1
    deployed.send()
    assert pushes(fcm, token), "the next message wakes again"


def test_nothing_private_is_in_the_functions_log(
    deployed: Tenant, phone: PhoneDriver, cloud: CloudProcess, function_log: Path, fcm: FcmStandIn, token: str
) -> None:
    text, number = "a text nobody should log", "+14155559876"
    deployed.send(number, text)
    deployed.http.post("/v1/sms/send", json={"to": number, "body": text, "sim_slot": 9})
    deployed.http.get("/v1/messages", params={"number": number})
    deployed.http.get("/v1/messages", headers={"x-api-key": "roost_garbage"})
    phone.claim()
    phone.call(phone.event("sms.received", data={"from": number, "text": text}))
    cloud.drain()
    logged = function_log.read_text()
    assert '"route":"/v1/sms/send"' in logged
    bearer = phone.http.headers["authorization"].removeprefix("Bearer ")
    for private in (text, number, number[1:], deployed.http.headers["x-api-key"], bearer, token, "private_key"):
        assert private not in logged
