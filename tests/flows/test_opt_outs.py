"""Who answers STOP gets nothing more, by whatever road it is sent."""

import httpx
import pytest

from roost.domain.conversation_settings import CONFIRMATIONS
from roost.domain.instants import minute_of, rfc3339
from roost.storage.transactions import WriteConflict
from roost.usecases import store_inbound
from tests.in_role import release_minute
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

PEER = "+34600111222"


def answers(phone: PhoneDriver, text: str, sender: str = PEER, **members: object) -> None:
    event = phone.event("sms.received", data={"from": sender, "text": text, "sim_id": "sim_a"}, **members)
    assert phone.call(event)["acked"] == [event["event_id"]]


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and answer.json()["code"] == "recipient_opted_out"


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.mark.capability("8MS-27")
def test_a_stop_refuses_every_later_send_until_a_start(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    assert tenant.send(PEER).status_code == 201
    phone.claim()
    answers(phone, " Stop! ")
    assert refused(tenant.send(PEER))
    smsdora = tenant.http.post("/messages/send", json={"recipient": PEER, "message": "hi"})
    assert (smsdora.status_code, smsdora.json()["error"]) == (403, "Forbidden")
    assert "START" in smsdora.json()["message"]
    assert [job["text"] for job in phone.claim()] == [CONFIRMATIONS["en"]]
    clock.forward(seconds=1)
    answers(phone, "START")
    assert tenant.send(PEER).status_code == 201


def test_a_stop_is_one_accounts_and_one_numbers(tenant: Tenant, other_tenant: Tenant, phone: PhoneDriver) -> None:
    other_tenant.pair()
    answers(phone, "STOP", sender="0034 600 111 222")
    assert refused(tenant.send(PEER))
    assert tenant.send("+34600111223").status_code == 201
    assert other_tenant.send(PEER).status_code == 201


def test_a_stop_counts_where_the_network_leaves_the_country_out(tenant: Tenant, phone: PhoneDriver) -> None:
    """The SIM's own number is Spanish."""
    answers(phone, "STOP", sender="600 111 222")
    assert refused(tenant.send(PEER))
    [received] = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    assert received["from"] == PEER
    answers(phone, "START", sender="600111222")
    [conversation] = tenant.http.get("/v1/conversations").json()["data"]
    assert (conversation["unread_count"], conversation["contact"]["phone"]) == (2, PEER)


def test_a_text_offered_again_is_stored_once_however_its_sender_is_shown(tenant: Tenant, phone: PhoneDriver) -> None:
    stop = phone.event("sms.received", data={"from": "600111222", "text": "STOP", "sim_id": "sim_a"})
    phone.call(stop)
    phone.call({**stop, "data": {**stop["data"], "from": PEER}})
    assert len(tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]) == 1


def test_whose_number_it_is_stays_open_where_the_sim_has_no_country(tenant: Tenant, phone: PhoneDriver) -> None:
    event = phone.event("sms.received", data={"from": "600111222", "text": "STOP", "sim_id": "sim_b"})
    phone.call(event)
    [received] = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    assert received["from"] == "600111222"
    assert tenant.send(PEER).status_code == 201


def test_a_stop_that_is_reported_late_does_not_undo_a_later_start(
    tenant: Tenant, phone: PhoneDriver, clock: Clock
) -> None:
    said_at = clock()
    clock.forward(minutes=5)
    answers(phone, "START")
    answers(phone, "STOP", at_wall=rfc3339(said_at), at_elapsed=said_at)
    assert tenant.send(PEER).status_code == 201
    received = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    assert sorted(message["body"] for message in received) == ["START", "STOP"], "both are kept"


def test_a_stop_offered_again_after_a_start_changes_nothing(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    stop = phone.event("sms.received", data={"from": PEER, "text": "STOP", "sim_id": "sim_a"})
    phone.call(stop)
    clock.forward(seconds=1)
    answers(phone, "start")
    phone.call(stop)
    assert tenant.send(PEER).status_code == 201


def test_what_was_scheduled_long_before_the_stop_fails_when_it_is_due(
    tenant: Tenant, phone: PhoneDriver, clock: Clock
) -> None:
    """Nobody finds it by its number any more, so it is asked about when it is due."""
    clock.forward(hours=-24 * 9)
    sent = tenant.send(PEER, send_at=rfc3339(clock() + 9 * 86_400_000 + 3_600_000)).json()
    clock.forward(hours=24 * 9)
    answers(phone, "STOP")
    phone.claim()
    clock.forward(hours=1)
    assert release_minute(tenant.deps, tenant.account.id, minute_of(clock()))["released"] == 1
    message = tenant.message(sent["id"])
    assert (message["status"], message["error"]) == ("failed", {"name": "recipient_opted_out"})
    assert phone.claim() == []


def test_a_resend_is_refused_too(tenant: Tenant, phone: PhoneDriver) -> None:
    sent = tenant.send(PEER).json()["id"]
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job))
    answers(phone, "QUIT")
    assert refused(tenant.http.post(f"/v1/messages/{sent}/resend"))


def test_the_answer_to_a_repeated_request_stays_what_it_was(tenant: Tenant, phone: PhoneDriver) -> None:
    headers = {"idempotency-key": "once"}
    body = {"to": PEER, "body": "hi"}
    first = tenant.http.post("/v1/sms/send", json=body, headers=headers)
    answers(phone, "STOP")
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).json()["id"] == first.json()["id"]


def test_the_deployed_functions_may_do_all_that(deployed: Tenant) -> None:
    phone = deployed.pair()
    assert deployed.send(PEER).status_code == 201
    answers(phone, "STOP")
    assert refused(deployed.send(PEER))


def test_a_text_that_others_keep_coming_in_the_way_of_is_asked_for_again(
    tenant: Tenant, phone: PhoneDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(*_: object) -> None:
        raise WriteConflict

    stop = phone.event("sms.received", data={"from": PEER, "text": "STOP", "sim_id": "sim_a"})
    monkeypatch.setattr(store_inbound, "put_message_once", conflict)
    monkeypatch.setattr(type(tenant.deps), "back_off", lambda *_: None)
    busy = phone.call(stop)
    assert (busy["acked"], [event["code"] for event in busy["rejected"]]) == ([], ["try_later"])
    assert tenant.send(PEER).status_code == 201, "nothing of it was written"
    monkeypatch.undo()
    assert phone.call(stop)["acked"] == [stop["event_id"]]
    assert refused(tenant.send(PEER))
