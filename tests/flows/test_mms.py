"""MMS: attachments by URL on the way out, parts in a bucket on the way in, and what is refused."""

import hashlib
from typing import Any

import httpx
import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

PICTURE = "https://pictures.roost-users.org/a.png"
PNG = b"\x89PNG\r\n\x1a\n picture"


def send(tenant: Tenant, **members: object) -> httpx.Response:
    body = {"to": "+14155551234", "type": "mms", "body": "look", "attachments": [PICTURE]}
    return tenant.http.post("/v1/sms/send", json={**body, **members})


def upload_answer(phone: PhoneDriver, *refs: str) -> list[dict[str, Any]]:
    parts = [{"ref": ref, "content_type": "image/png", "size": len(PNG)} for ref in refs]
    answer = phone.http.post("/phone/v1/media", json={"op": "upload", "parts": parts})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["parts"]
    return found


def put(part: dict[str, Any], content: bytes = PNG) -> int:
    return httpx.put(part["url"], content=content, headers=part["headers"]).status_code


def received(phone: PhoneDriver, *parts: dict[str, Any], **data: object) -> dict[str, Any]:
    named = [{"media_id": part["media_id"], "content_type": "image/png", "size": len(PNG)} for part in parts]
    return phone.event("mms.received", data={"from": "+34600111222", "sim_id": "sim_b", "parts": named, **data})


def inbox(tenant: Tenant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    return found


def test_the_job_names_what_its_phone_is_to_fetch(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = send(tenant, attachments=[PICTURE, "https://pictures.roost-users.org/b.gif?x=1"])
    assert sent.status_code == 201
    [job] = phone.claim()
    assert (job["kind"], job["to"], job["text"]) == ("mms", "+14155551234", "look")
    assert [part["url"] for part in job["mms"]["parts"]] == [PICTURE, "https://pictures.roost-users.org/b.gif?x=1"]
    assert job["mms"]["max_bytes"] == 1_000_000
    assert "image/png" in job["mms"]["types"]
    phone.call(phone.event("job.sent", job))
    shown = tenant.message(sent.json()["id"])
    assert (shown["status"], shown["type"]) == ("sent", "mms")
    assert shown["attachments"][0] == {"url": PICTURE, "content_type": None, "size": None}  # type: ignore[index]


def test_a_picture_may_go_without_a_word_and_a_text_stays_a_text(tenant: Tenant) -> None:
    phone = tenant.pair()
    assert send(tenant, body="").status_code == 201
    assert tenant.send().json()["type"] == "sms"
    jobs = phone.claim()
    assert {job["kind"] for job in jobs} == {"mms", "sms"}
    assert all(("mms" in job) == (job["kind"] == "mms") for job in jobs)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"attachments": []}, "attachments"),
        ({"attachments": [PICTURE] * 11}, "attachments"),
        ({"attachments": [PICTURE, "http://pictures.roost-users.org/a.png"]}, "attachments.1"),
        ({"attachments": ["https://192.168.1.1/admin"]}, "attachments.0"),
        ({"attachments": ["https://169.254.169.254/latest/meta-data"]}, "attachments.0"),
        ({"attachments": ["https://[::1]/"]}, "attachments.0"),
        ({"attachments": ["https://localhost/a.png"]}, "attachments.0"),
        ({"attachments": ["https://user:pass@pictures.roost-users.org/a.png"]}, "attachments.0"),
        ({"attachments": ["file:///etc/passwd"]}, "attachments.0"),
        ({"attachments": ["https://pictures.roost-users.org/" + "a" * 2_048]}, "attachments.0"),
        ({"type": "sms"}, "attachments"),
        ({"type": "fax"}, "type"),
        ({"to": "0600", "body": ""}, "to"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_refused_mms_names_its_field_and_reaches_no_phone(
    tenant: Tenant, members: dict[str, object], field: str
) -> None:
    phone = tenant.pair()
    answer = send(tenant, **members)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert phone.claim() == []


@pytest.mark.parametrize("name", ["MEDIA_WRONG_TYPE", "MEDIA_TOO_LARGE"])
def test_what_its_phone_may_not_send_fails_that_message_with_the_reason(tenant: Tenant, name: str) -> None:
    phone = tenant.pair()
    sent, other = send(tenant).json()["id"], tenant.send().json()["id"]
    jobs = {job["job_id"]: job for job in phone.claim()}
    failed = phone.event("job.failed", jobs[sent], data={"error": {"name": name, "class": "permanent"}})
    phone.call(failed, phone.event("job.sent", jobs[other]))
    shown = tenant.message(sent)
    assert (shown["status"], shown["error"]["name"]) == ("failed", name)  # type: ignore[index]
    assert tenant.message(other)["status"] == "sent"


def test_an_attachment_that_cannot_be_reached_is_tried_again_and_then_fails(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    sent = send(tenant).json()["id"]
    for _ in range(3):
        [job] = phone.claim()
        error = {"name": "MEDIA_FETCH_FAILED", "class": "not_submitted"}
        phone.call(phone.event("job.failed", job, data={"error": error}))
        clock.forward(minutes=3)
    assert phone.claim() == []
    shown = tenant.message(sent)
    assert (shown["status"], shown["error"]["name"], shown["attempt"]) == ("failed", "MEDIA_FETCH_FAILED", 3)  # type: ignore[index]


def test_an_mms_is_sent_again_with_its_attachments(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = send(tenant).json()["id"]
    phone.call(phone.event("job.sent", phone.claim()[0]))
    assert tenant.http.post(f"/v1/messages/{sent}/resend").status_code == 201
    [job] = phone.claim()
    assert [part["url"] for part in job["mms"]["parts"]] == [PICTURE]


def test_a_received_picture_is_found_under_its_message(tenant: Tenant) -> None:
    phone = tenant.pair()
    [part] = upload_answer(phone, "evt_1/0")
    assert put(part) == 200
    phone.call(received(phone, part, subject="Holiday", text="look"))
    [message] = inbox(tenant)
    assert (message["from"], message["type"], message["body"]) == ("+34600111222", "mms", "Holiday\nlook")
    assert (message["sim_slot"], message["status"]) == (1, "received")
    [attachment] = message["attachments"]
    assert (attachment["content_type"], attachment["size"]) == ("image/png", len(PNG))
    fetched = httpx.get(attachment["url"])
    assert (fetched.status_code, fetched.content) == (200, PNG)
    assert fetched.headers["content-disposition"] == "attachment"


def test_an_upload_whose_answer_was_lost_makes_one_object_and_one_message(tenant: Tenant) -> None:
    phone = tenant.pair()
    [first] = upload_answer(phone, "evt_1/0")
    put(first)
    [second] = upload_answer(phone, "evt_1/0")
    put(second)
    assert first["media_id"] == second["media_id"]
    event = received(phone, second)
    phone.call(event)
    phone.call(event)
    [message] = inbox(tenant)
    assert len(message["attachments"]) == 1


def test_a_phone_cannot_reach_what_another_one_put(tenant: Tenant, other_tenant: Tenant) -> None:
    phone, other = tenant.pair(), other_tenant.pair()
    [own], [foreign] = upload_answer(phone, "evt_1/0"), upload_answer(other, "evt_1/0")
    put(own, b"mine" + PNG[4:])
    put(foreign)
    other.call(received(other, own))
    [attachment] = inbox(other_tenant)[0]["attachments"]
    assert httpx.get(attachment["url"]).content == PNG


@pytest.mark.parametrize(
    "change",
    [
        {"op": "download"},
        {"parts": []},
        {"parts": [{"ref": "r", "content_type": "image/png", "size": 5_000_001}]},
        {"parts": [{"ref": "r", "content_type": "nonsense", "size": 1}]},
        {"parts": [{"ref": "", "content_type": "image/png", "size": 1}]},
    ],
    ids=str,
)
def test_a_phone_gets_no_link_for_what_is_too_large_or_no_media(tenant: Tenant, change: dict[str, object]) -> None:
    phone = tenant.pair()
    body = {"op": "upload", "parts": [{"ref": "r", "content_type": "image/png", "size": 1}], **change}
    answer = phone.http.post("/phone/v1/media", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_an_event_that_names_no_media_of_ours_is_refused_alone(tenant: Tenant) -> None:
    phone = tenant.pair()
    strange = received(phone, {"media_id": "../../other/1/" + hashlib.sha256(b"x").hexdigest()[:32]})
    plain = received(phone, text="no parts")
    answer = phone.call(strange, plain)
    assert [refused["event_id"] for refused in answer["rejected"]] == [strange["event_id"]]
    assert [message["body"] for message in inbox(tenant)] == ["no parts"]


def test_media_work_with_the_deployed_functions_and_their_policies(deployed: Tenant) -> None:
    phone = deployed.pair()
    [part] = upload_answer(phone, "evt_1/0")
    assert put(part) == 200
    phone.call(received(phone, part))
    [attachment] = inbox(deployed)[0]["attachments"]
    assert httpx.get(attachment["url"]).content == PNG


def a_picture(phone: PhoneDriver) -> None:
    """It has come in, from +34600111222."""
    [part] = upload_answer(phone, "evt_1/0")
    put(part)
    phone.call(received(phone, part))


def test_a_conversation_leads_to_its_pictures(tenant: Tenant) -> None:
    a_picture(tenant.pair())
    [message] = tenant.http.get("/v1/conversations/cnv_34600111222").json()["messages"]
    assert httpx.get(message["attachments"][0]["url"]).content == PNG
