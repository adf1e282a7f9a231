"""SMS8 through the deployed functions, each under its own policy, over real HTTP."""

from __future__ import annotations

import pytest

from tests.roost_fixtures import Tenant
from tests.sms8.stage import a_list, finish, receive


@pytest.mark.capability("SMS8-71")
def test_an_account_a_paired_phone_and_the_key_are_enough(deployed: Tenant) -> None:
    phone = deployed.pair()
    client = deployed.sms8()
    [sent] = client.messages("send", number="+14155550101", message="Hello from SMS8")
    assert [job["text"] for job in finish(phone, "job.sent")] == ["Hello from SMS8"]
    assert client.messages("read-messages", id=sent["ID"])[0]["status"] == "Sent"


def test_every_service_is_allowed_what_it_does(deployed: Tenant) -> None:
    deployed.top_up(credits=100)
    phone = deployed.pair()
    client = deployed.sms8()
    list_id = a_list(deployed, client, "+14155550901", "+14155550902")
    batch = client.messages("send", listID=list_id, message="x")
    client.messages("send", number="+14155550101", message="y")
    receive(phone, "+14155550199", "in")
    finish(phone, "job.failed")
    assert len(client.messages("read-messages", groupId=batch[0]["groupID"])) == 2
    assert len(client.messages("resend", groupId=batch[0]["groupID"], status="Failed")) == 2
    assert client.messages("read-messages", status="Received")
    request = client.data("send-ussd-request", request="*150#", device=1)["request"]
    assert client.data("read-ussd-requests", id=request["ID"])["requests"]
    assert client.data("get-devices")["devices"]
    for action in ("send", "inbox", "devices"):
        fields = {"api_key": client.key, "phone": "+14155550103", "message": "z"}
        assert client.http.post(f"/api.php?action={action}", data=fields).json()["success"], action
    code = client.http.post("/ajax/otp-send.php", data={"api_key": client.key, "phone": "+14155550104"}).json()
    assert code["success"], code
    assert client.http.get("/ajax/otp-send.php").status_code == 405
    assert client.http.get("/services/none.php").json()["error"]["code"] == 404
