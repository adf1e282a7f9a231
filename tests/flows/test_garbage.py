"""Whatever a client or a phone sends: a clear refusal, nothing stored that breaks a list, never a crash."""

import json
from typing import Any

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

LONE_SURROGATE = "\ud83d"
NOT_QUITE_JSON = [b"{", b"[]", b"null", b'"x"', b"", b"\xff\xfe", b"[" * 100_000, b'{"to": ' + b"9" * 5_000 + b"}"]


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k"}], ids=["plain", "idempotent"])
@pytest.mark.parametrize(
    ("path", "status"), [("/v1/sms/send", 422), ("/messages/send", 400), ("/api/v1/sms/send", 422)]
)
def test_a_body_that_is_no_json_object_is_refused_in_the_dialects_shape(
    tenant: Tenant, path: str, status: int, headers: dict[str, str]
) -> None:
    tenant.pair()
    for content in NOT_QUITE_JSON:
        answer = tenant.http.post(path, content=content, headers={"content-type": "application/json", **headers})
        assert answer.status_code == status, content[:20]
        assert "message" in answer.json() or "code" in answer.json()


def test_a_text_that_is_no_unicode_is_refused_by_name(tenant: Tenant) -> None:
    tenant.pair()
    content = json.dumps({"to": "+14155551234", "body": LONE_SURROGATE})
    answer = tenant.http.post("/v1/sms/send", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize(
    "token", ["", "rpt_", "rpt_a_" + "9" * 5_000 + "_x", "rpt_" + "a" * 5_000 + "_1_x", "rpt_a_1_" + "0" * 64, "\u00e9"]
)
def test_a_garbage_token_is_401(tenant: Tenant, token: str) -> None:
    phone = tenant.pair()
    headers = {"authorization": f"Bearer {token}".encode()}
    answer = phone.http.post("/phone/v1/callback", json=phone.body(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")


ODD_MEMBERS: list[dict[str, Any]] = [
    {"data": {"error": {"code": 1.5}}},
    {"data": {"error": {"code": 10**40}}},
    {"data": {"error": "none"}},
    {"data": {"tp_status": 70.5}},
    {"data": {"waited_for": 12.5}},
    {"part": 10**40},
    {"lease_epoch": float("inf")},
    {"at_elapsed": -(10**40)},
    {"attempt": -1},
    {"job_id": "msg_99999999999999999999"},
    {"at_wall": "9999-12-31T23:59:59-12:00"},
    {"data": {"times": {"sending": "9999-12-31T23:59:59-12:00"}}},
    {"data": {"reason": LONE_SURROGATE, "times": {"sent": "0001-01-01T00:00:00+12:00"}}},
]


def post(phone: PhoneDriver, *events: dict[str, Any]) -> dict[str, Any]:
    """Sent as text, because the client's own encoder refuses some of it."""
    content = json.dumps(phone.body(*events))
    answer = phone.http.post("/phone/v1/callback", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


@pytest.mark.parametrize("odd", ODD_MEMBERS, ids=lambda odd: str(odd)[:50])
def test_an_odd_event_is_settled_and_what_is_kept_can_be_read_back(tenant: Tenant, odd: dict[str, Any]) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    event = phone.event("job.failed", job)
    answer = post(phone, {**event, **odd})
    assert answer["acked"] + [refused["event_id"] for refused in answer["rejected"]] == [event["event_id"]]
    assert tenant.http.get("/v1/messages").status_code == 200
    assert tenant.http.get(f"/v1/messages/{sent}").status_code == 200


def test_a_received_text_with_half_a_character_is_kept_readably(tenant: Tenant) -> None:
    phone = tenant.pair()
    event = phone.event("sms.received", data={"from": "+34600111222", "text": f"ok {LONE_SURROGATE}", "sim_id": None})
    assert post(phone, {**event, "attempt": None})["acked"] == [event["event_id"]]
    [received] = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    assert received["body"] == "ok \ufffd"


@pytest.mark.parametrize("at_elapsed", [0, 2**53])
def test_a_clock_gone_wrong_breaks_no_list(tenant: Tenant, at_elapsed: int) -> None:
    phone = tenant.pair()
    events = [
        phone.event("sms.received", data={"from": "+1", "text": "x"}),
        phone.event("alert", data={"code": "clock_wrong"}),
    ]
    post(phone, *({**event, "at_elapsed": at_elapsed} for event in events))
    assert tenant.http.get("/v1/messages").status_code == 200
    assert tenant.http.get("/v1/phones").status_code == 200


def test_alerts_of_invented_codes_do_not_fill_the_phones_item(tenant: Tenant) -> None:
    phone = tenant.pair()
    for batch in range(3):
        phone.call(*(phone.event("alert", data={"code": f"code {batch}-{number}"}) for number in range(90)))
    [shown] = tenant.http.get("/v1/phones").json()["data"]
    assert len(shown["alerts"]) == 20


def test_a_cursor_far_in_the_future_reads_nothing_more_than_a_plain_list(tenant: Tenant) -> None:
    tenant.pair()
    tenant.send()
    page = tenant.http.get("/v1/messages", params={"cursor": "msg_9007199254740991"})
    assert page.json()["data"] == tenant.http.get("/v1/messages").json()["data"]


@pytest.mark.parametrize("status", ["leased", "accepted", "undelivered"])
def test_a_status_that_is_never_shown_cannot_be_asked_for(tenant: Tenant, status: str) -> None:
    answer = tenant.http.get("/v1/messages", params={"status": status})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "status")


def test_a_key_that_expires_mints_none_that_outlives_it(tenant: Tenant) -> None:
    wanted = {"name": "x", "scopes": ["keys:manage"]}
    short = tenant.http.post("/v1/keys", json={**wanted, "expires_at": "2077-02-01T00:00:00Z"}).json()["key"]
    for expires_at in (None, "2078-01-01T00:00:00Z"):
        answer = tenant.http.post("/v1/keys", json={**wanted, "expires_at": expires_at}, headers={"x-api-key": short})
        assert answer.status_code == 422
    far = tenant.http.post("/v1/keys", json={**wanted, "expires_at": "9999-12-31T23:59:59-12:00"})
    assert far.status_code == 422
    assert tenant.http.get("/v1/keys").status_code == 200


def test_a_phone_never_gets_more_segments_than_its_own_sim_has_room_for(tenant: Tenant) -> None:
    phone = tenant.pair()
    for _ in range(2):
        tenant.send(body="x" * 1_600, sim_slot=0)
    tenant.send(body="short", sim_slot=1)
    sims = [{"slot": 0, "sim_id": "sim_a", "free_segments": 12}, {"slot": 1, "sim_id": "sim_b", "free_segments": 1}]
    assert sorted(job["segments"] for job in phone.claim(sims=sims)) == [1, 11]
