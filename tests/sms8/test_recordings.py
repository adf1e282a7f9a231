"""What every function of the stock PHP and C# clients sends, and what other clients in the field send, is answered.

Recordings: tests/recordings/sms8, bodies as the clients encode them, from SMS8's documented field tables. Each names
the data it reads, how many rows it expects (`count`) and which device and SIM the message must go to.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.roost_fixtures import Tenant
from tests.sms8.stage import Stage, set_stage

RECORDINGS = Path(__file__).parents[1] / "recordings/sms8"
HEADERS = {"content-type": "application/x-www-form-urlencoded"}

PHP_FUNCTIONS = {
    "sendSingleMessage", "sendMessages", "sendMessageToContactsList", "getMessageByID", "getMessagesByGroupID",
    "getMessagesByStatus", "resendMessageByID", "resendMessagesByGroupID", "resendMessagesByStatus", "addContact",
    "unsubscribeContact", "getBalance", "sendUssdRequest", "getUssdRequestByID", "getUssdRequests", "getDevices",
}  # fmt: skip


def recorded(name: str) -> list[Any]:
    functions = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(one, id=f"{function}: {one['call']}") for function, all_ in functions.items() for one in all_]


@pytest.fixture
def stage(tenant: Tenant) -> Stage:
    return set_stage(tenant)


def replay(stage: Stage, recording: dict[str, Any]) -> Any:
    """Send a recording as it stands but for what it mentions by a word; the data that the client reads."""
    body = re.sub("|".join(stage.names), lambda found: stage.names[found[0]], recording["body"])
    http, path = stage.client.http, recording["path"]
    if recording["method"] == "GET":
        answer = http.get(f"{path}?{body}")
    else:
        answer = http.post(path, content=body, headers=HEADERS)
    assert answer.status_code == 200
    parsed = answer.json()
    assert parsed["success"], parsed
    name, _, first = recording["reads"].partition("[")
    found = parsed["data"][name]
    return found[0] if first else found


def check(recording: dict[str, Any], found: Any) -> None:
    if "count" in recording:
        assert len(found) == recording["count"]
    if "device" in recording:
        assert found["deviceID"] == recording["device"]
        assert found["simSlot"] == recording.get("sim", "0")
        assert found["status"] == "Pending"
        assert found["type"] == recording.get("type", "sms")


@pytest.mark.capability("SMS8-63")
@pytest.mark.parametrize("recording", recorded("php"))
def test_each_call_of_the_php_class_is_answered(stage: Stage, recording: dict[str, Any]) -> None:
    check(recording, replay(stage, recording))


@pytest.mark.parametrize("recording", recorded("csharp"))
def test_each_call_of_the_csharp_class_is_answered(stage: Stage, recording: dict[str, Any]) -> None:
    check(recording, replay(stage, recording))


@pytest.mark.capability("SMS8-65", "SMS8-66", "X-01")
@pytest.mark.parametrize("recording", recorded("others"))
def test_each_call_of_other_clients_is_answered(stage: Stage, recording: dict[str, Any]) -> None:
    check(recording, replay(stage, recording))


def test_every_function_of_the_php_class_is_recorded() -> None:
    functions = json.loads((RECORDINGS / "php.json").read_text(encoding="utf-8"))
    assert set(functions) == PHP_FUNCTIONS


@pytest.mark.capability("SMS8-01")
def test_every_service_answers_json_to_the_key_alone(tenant: Tenant) -> None:
    client = tenant.sms8()
    services = ("send", "read-messages", "resend", "manage-contacts", "get-devices", "send-ussd-request")
    for service in (*services, "read-ussd-requests"):
        assert isinstance(client.post(service)["success"], bool)
    assert client.http.post("/services/x.php", data={"key": client.key}).status_code == 404
