"""What was said to and by one party is one conversation, exact in what is unread."""

from __future__ import annotations

from typing import Any

import pytest

from dev.write_units import count_writes
from roost.usecases.sign_in import invite
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

PEER = "+34600111222"
ID = "cnv_34600111222"


def texts(phone: PhoneDriver, text: str, sender: str = PEER, sim_id: str = "sim_a") -> dict[str, Any]:
    event = phone.event("sms.received", data={"from": sender, "text": text, "sim_id": sim_id})
    assert phone.call(event)["acked"] == [event["event_id"]]
    return event


def listed(tenant: Tenant, **query: object) -> list[dict[str, Any]]:
    answer = tenant.http.get("/v1/conversations", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def said(tenant: Tenant, conversation: str = ID, **query: object) -> list[str]:
    answer = tenant.http.get(f"/v1/conversations/{conversation}", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [message["body"] for message in answer.json()["messages"]]


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.mark.capability("8MS-24")
def test_a_send_and_its_reply_are_one_conversation_in_order(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    tenant.send(PEER, "Are you coming?")
    clock.forward(seconds=5)
    texts(phone, "Yes", sender="0034 600 111 222")
    clock.forward(seconds=5)
    tenant.send(PEER, "Good")
    [conversation] = listed(tenant)
    assert (conversation["id"], conversation["contact"]["phone"]) == (ID, PEER)
    assert (conversation["status"], conversation["unread_count"], conversation["phone_id"]) == ("unread", 1, "phn_1")
    assert conversation["last_message"]["body"] == "Yes"
    assert said(tenant) == ["Are you coming?", "Yes", "Good"]
    assert said(tenant, PEER) == said(tenant), "a number names its conversation, too"


def test_each_unread_counts_once_however_often_its_phone_offers_it(tenant: Tenant, phone: PhoneDriver) -> None:
    first = texts(phone, "one")
    texts(phone, "two")
    phone.call(first)
    assert listed(tenant)[0]["unread_count"] == 2
    read = tenant.http.post(f"/v1/conversations/{ID}/read").json()
    assert (read["status"], read["unread_count"]) == ("read", 0)
    phone.call(first)
    assert listed(tenant)[0]["unread_count"] == 0
    assert listed(tenant, status="unread") == []


@pytest.mark.capability("8MS-37")
def test_sixty_unread_are_a_page_of_fifty_and_one_of_ten(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    for number in range(60):
        clock.forward(seconds=1)
        texts(phone, "hi", sender=f"+346001112{number:02d}")
    first = tenant.http.get("/v1/conversations", params={"status": "unread", "limit": 50}).json()
    second = tenant.http.get(
        "/v1/conversations", params={"status": "unread", "limit": 50, "cursor": first["next_cursor"]}
    ).json()
    assert (len(first["data"]), len(second["data"]), second["next_cursor"]) == (50, 10, None)
    numbers = [conversation["contact"]["phone"] for conversation in first["data"] + second["data"]]
    assert numbers == [f"+346001112{number:02d}" for number in reversed(range(60))]
    tenant.http.post(f"/v1/conversations/{first['data'][7]['id']}/read").raise_for_status()
    left = [conversation["id"] for conversation in listed(tenant, status="unread", limit=100)]
    assert len(left) == 59
    assert first["data"][7]["id"] not in left


def test_messages_of_batches_are_in_it_before_a_phone_takes_them_and_after(
    tenant: Tenant, phone: PhoneDriver, clock: Clock
) -> None:
    body = {"to": [PEER, "+34600111223"], "body": "Sale"}
    tenant.http.post("/v1/sms/batch", json=body).raise_for_status()
    assert said(tenant) == ["Sale"]
    assert len(phone.claim() + phone.claim()) == 2
    clock.forward(seconds=5)
    texts(phone, "What sale?")
    tenant.http.post("/v1/sms/batch", json={"to": [PEER], "body": "The summer sale"}).raise_for_status()
    assert said(tenant) == ["Sale", "What sale?", "The summer sale"]


def test_a_large_batch_is_found_by_each_of_its_numbers_and_no_other(tenant: Tenant, phone: PhoneDriver) -> None:
    numbers = [f"+3460011{place:04d}" for place in range(400)]
    messages = [{"to": number, "body": f"for {number}"} for number in numbers]
    tenant.http.post("/v1/sms/batch", json={"messages": messages}).raise_for_status()
    for number in (numbers[0], numbers[39], numbers[40], numbers[399]):
        assert said(tenant, number) == [f"for {number}"]
    assert tenant.http.get("/v1/conversations/+34600119999").status_code == 404


def test_a_long_conversation_is_read_page_by_page_backwards(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    for place in range(7):
        clock.forward(seconds=1)
        texts(phone, f"{place}") if place % 2 else tenant.send(PEER, f"{place}")
    first = tenant.http.get(f"/v1/conversations/{ID}", params={"limit": 4}).json()
    second = tenant.http.get(f"/v1/conversations/{ID}", params={"limit": 4, "cursor": first["next_cursor"]}).json()
    assert [message["body"] for message in first["messages"]] == ["3", "4", "5", "6"]
    assert [message["body"] for message in second["messages"]] == ["0", "1", "2"]
    assert second["next_cursor"] is None


def test_ussd_codes_and_missed_calls_are_in_no_conversation(tenant: Tenant, phone: PhoneDriver) -> None:
    tenant.http.post("/v1/ussd", json={"phone_id": "phn_1", "code": "*150#"}).raise_for_status()
    phone.call(phone.event("call.missed", data={"from": PEER, "sim_id": "sim_a"}))
    assert listed(tenant) == []
    assert tenant.http.get(f"/v1/conversations/{ID}").status_code == 404


def test_an_mms_is_in_its_conversation(tenant: Tenant, phone: PhoneDriver) -> None:
    phone.call(phone.event("mms.received", data={"from": PEER, "text": "look", "sim_id": "sim_a", "parts": []}))
    assert said(tenant) == ["look"]


def test_a_sender_with_a_name_has_a_conversation_that_cannot_be_answered(tenant: Tenant, phone: PhoneDriver) -> None:
    texts(phone, "Your parcel is here", sender="Correos & Cía")
    [conversation] = listed(tenant)
    assert conversation["contact"]["phone"] == "Correos & Cía"
    assert said(tenant, conversation["id"]) == ["Your parcel is here"]
    answer = tenant.http.post(f"/v1/conversations/{conversation['id']}/reply", json={"body": "thanks"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "conversation_id")


def test_a_reply_leaves_by_the_phone_and_sim_that_hold_it_and_is_read(tenant: Tenant, clock: Clock) -> None:
    first, second = tenant.pair(), tenant.pair(paced=True)
    tenant.send("+34600999999", phone_id="phn_2")
    second.claim()
    texts(second, "hello", sim_id="sim_b")
    first.call(claim="awake")
    sent = tenant.http.post(f"/v1/conversations/{ID}/reply", json={"body": "Hello!"}).json()
    assert (sent["phone_id"], sent["sim_slot"]) == ("phn_2", 1)
    assert [job["text"] for job in second.claim()] == ["Hello!"], "without the gap after the one before"
    [conversation] = listed(tenant)
    assert (conversation["status"], conversation["last_message"]["body"]) == ("read", "Hello!")
    tenant.http.patch("/v1/phones/phn_2", json={"enabled": False}).raise_for_status()
    assert tenant.http.post(f"/v1/conversations/{ID}/reply", json={"body": "again"}).json()["phone_id"] == "phn_1"


def test_a_message_leaves_by_the_phone_its_recipient_last_wrote_to(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    second, third = tenant.pair(), tenant.pair()
    texts(second, "hello")
    clock.forward(minutes=1)
    third.call(claim="seen last")
    assert tenant.send("+34600999999").json()["phone_id"] == "phn_3"
    assert tenant.send(PEER).json()["phone_id"] == "phn_2"
    texts(third, "and now from me", sender=PEER)
    assert tenant.send(PEER).json()["phone_id"] == "phn_3"


def test_a_message_into_a_conversation_costs_one_write_unit_more(tenant: Tenant, phone: PhoneDriver) -> None:
    texts(phone, "hello")
    written = count_writes(tenant.deps)
    tenant.send("+34600999999").raise_for_status()
    plain = sum(written.values())
    tenant.send(PEER).raise_for_status()
    assert (plain, sum(written.values()) - plain) == (2, 3)


def test_a_repeated_reply_is_sent_once(tenant: Tenant, phone: PhoneDriver, clock: Clock) -> None:
    texts(phone, "hello")
    clock.forward(seconds=1)
    headers = {"idempotency-key": "once"}
    url = f"/v1/conversations/{ID}/reply"
    ids = {tenant.http.post(url, json={"body": "hi"}, headers=headers).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert said(tenant) == ["hello", "hi"]


def test_an_archived_conversation_comes_back_with_the_next_reply(tenant: Tenant, phone: PhoneDriver) -> None:
    texts(phone, "hello")
    tenant.http.post(f"/v1/conversations/{ID}/archive").raise_for_status()
    assert (listed(tenant), len(listed(tenant, status="archived"))) == ([], 1)
    tenant.http.post(f"/v1/conversations/{ID}/reopen").raise_for_status()
    assert [conversation["status"] for conversation in listed(tenant)] == ["read"]
    tenant.http.post(f"/v1/conversations/{ID}/archive").raise_for_status()
    texts(phone, "are you there?")
    assert [conversation["status"] for conversation in listed(tenant)] == ["unread"]


def test_conversations_are_found_by_number_name_and_last_words(tenant: Tenant, phone: PhoneDriver) -> None:
    tenant.http.post("/v1/contacts", json={"number": PEER, "first_name": "Ana"}).raise_for_status()
    texts(phone, "about the invoice")
    texts(phone, "good morning", sender="+34600111223")
    for words, found in (("ana", [PEER]), ("INVOICE", [PEER]), ("1122", [PEER, "+34600111223"]), ("nobody", [])):
        assert sorted(one["contact"]["phone"] for one in listed(tenant, q=words)) == found, words


def test_a_conversation_is_assigned_to_who_signs_in_to_the_account(tenant: Tenant, phone: PhoneDriver) -> None:
    texts(phone, "hello")
    email = f"ana@{tenant.account.id}.example"
    url = f"/v1/conversations/{ID}/assign"
    assert tenant.http.post(url, json={"assigned_to": email}).status_code == 422
    invite(tenant.deps, tenant.account.id, email)
    assert tenant.http.post(url, json={"assigned_to": email.upper()}).json()["assigned_to"] == email
    assert len(listed(tenant, assigned_to=email)) == 1
    assert listed(tenant, assigned_to="other@example.com") == []
    assert tenant.http.post(url, json={"assigned_to": None}).json()["assigned_to"] is None


def test_another_account_sees_nothing_of_it(tenant: Tenant, other_tenant: Tenant, phone: PhoneDriver) -> None:
    texts(phone, "hello")
    assert listed(other_tenant) == []
    assert other_tenant.http.get(f"/v1/conversations/{ID}").status_code == 404
    for action in ("read", "archive", "reopen"):
        assert other_tenant.http.post(f"/v1/conversations/{ID}/{action}").status_code == 404


@pytest.mark.parametrize("name", ["cnv_", "cnv_x", "cnv_xzz", "cnv_12", "msg_12", "cnv_x2b3334363030313131323232"])
def test_what_is_no_id_of_a_conversation_is_not_found(tenant: Tenant, name: str) -> None:
    """The last spells a number by its name: one conversation has one id."""
    assert tenant.http.get(f"/v1/conversations/{name}").status_code == 404


def test_the_deployed_functions_may_do_all_that(deployed: Tenant) -> None:
    phone = deployed.pair()
    deployed.send(PEER, "before").raise_for_status()
    deployed.http.post("/v1/sms/batch", json={"to": [PEER], "body": "in a batch"}).raise_for_status()
    texts(phone, "hello")
    assert [conversation["id"] for conversation in listed(deployed)] == [ID]
    deployed.http.post(f"/v1/conversations/{ID}/reply", json={"body": "after"}).raise_for_status()
    assert said(deployed) == ["before", "in a batch", "hello", "after"]
    for action, body in (("read", None), ("archive", None), ("do-not-contact", {"do_not_contact": True})):
        answer = deployed.http.post(f"/v1/conversations/{ID}/{action}", json=body)
        assert answer.status_code == 200, answer.text
    settings = {"language": "es", "codes_despite_opt_out": True}
    assert deployed.http.patch("/v1/conversation-settings", json=settings).json()["language"] == "es"
    [archived] = listed(deployed, status="archived")
    assert (archived["unread_count"], archived["contact"]["do_not_contact"]) == (0, True)
