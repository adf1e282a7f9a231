"""POST /v1/sms/send: what is accepted, what is refused, and sending exactly once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.runtime.deps import Deps
from tests.roost_fixtures import Clock, Tenant


@pytest.mark.capability("8MS-10")
def test_the_quickstart_request_is_accepted_and_its_job_reaches_the_phone(tenant: Tenant) -> None:
    phone = tenant.pair()
    answer = tenant.send("+14155551234", "Hello from my own phone")
    assert answer.status_code == 201
    [job] = phone.claim()
    assert (job["to"], job["text"], job["job_id"]) == ("+14155551234", "Hello from my own phone", answer.json()["id"])


@pytest.mark.capability("8MS-13")
def test_the_message_leaves_by_the_selected_sim(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    tenant.send(sim_slot=1)
    clock.forward(seconds=1)
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"default_sim": 1})
    tenant.send()
    clock.forward(seconds=1)
    tenant.send(sim_slot=0)
    assert [job["sim"] for job in phone.claim()] == [
        {"slot": 1, "sim_id": "sim_b"},
        {"slot": 1, "sim_id": "sim_b"},
        {"slot": 0, "sim_id": "sim_a"},
    ]


def test_a_named_phone_sends_even_if_another_was_seen_later(tenant: Tenant, clock: Clock) -> None:
    first = tenant.pair()
    clock.forward(seconds=5)
    second = tenant.pair()
    assert tenant.send(phone_id=first.device_id).json()["phone_id"] == first.device_id
    assert tenant.send().json()["phone_id"] == second.device_id


def test_a_phone_that_sleeps_gets_its_message_when_it_calls_again(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    clock.forward(hours=3)
    assert tenant.send().status_code == 201
    clock.forward(hours=1)
    assert len(phone.claim()) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": "0600"}, "to"),
        ({"to": None}, "to"),
        ({"to": 14155551234}, "to"),
        ({"body": ""}, "body"),
        ({"body": "x" * 1_601}, "body"),
        ({"body": "я" * 800}, "body"),
        ({"body": None}, "body"),
        ({"sim_slot": 4}, "sim_slot"),
        ({"sim_slot": -1}, "sim_slot"),
        ({"ttl_seconds": 5}, "ttl_seconds"),
        ({"priority": "asap"}, "priority"),
        ({"phone": "phn_1"}, "phone"),
    ],
    ids=str,
)
def test_a_refusal_is_a_problem_document_that_names_the_field(
    tenant: Tenant, change: dict[str, object], field: str
) -> None:
    phone = tenant.pair()
    answer = tenant.http.post("/v1/sms/send", json={"to": "+14155551234", "body": "hi", **change})
    problem = answer.json()
    assert answer.status_code == problem["status"] == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert {"type", "title", "detail", "code", "request_id"} <= set(problem)
    assert phone.claim() == []


def test_missing_fields_and_wrong_json_are_422(tenant: Tenant) -> None:
    tenant.pair()
    assert {error["field"] for error in tenant.http.post("/v1/sms/send", json={}).json()["errors"]} == {"to", "body"}
    for content in ("{oops", "[]", "null", ""):
        answer = tenant.http.post("/v1/sms/send", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), content


def test_an_unknown_phone_is_404_a_disabled_one_409_and_none_at_all_409(tenant: Tenant) -> None:
    none_at_all = tenant.send()
    assert (none_at_all.status_code, none_at_all.json()["code"]) == (409, "no_eligible_phone")
    phone = tenant.pair()
    for unknown in ("phn_99", "phn_x", "msg_1", ""):
        assert tenant.send(phone_id=unknown).status_code == 404, unknown
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False})
    disabled = tenant.send(phone_id=phone.device_id)
    assert (disabled.status_code, disabled.json()["code"]) == (409, "phone_disabled")


def test_the_same_idempotency_key_sends_once_and_gets_the_same_answer(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    headers = {"idempotency-key": "order-17"}
    first = tenant.http.post("/v1/sms/send", json={"to": "+14155551234", "body": "hi"}, headers=headers)
    [job] = phone.claim()
    phone.call(phone.event("job.delivered", job))
    clock.forward(hours=2)
    quoted = {"idempotency-key": '"order-17"', "content-type": "application/json"}
    again = tenant.http.post("/v1/sms/send", content='{"body":"hi", "to":"+14155551234"}', headers=quoted)
    assert again.json() == first.json(), "quoted and bare are one key, and the order of members is no difference"
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert phone.claim() == []


def test_a_replay_is_answered_even_when_no_phone_is_left(tenant: Tenant) -> None:
    phone = tenant.pair()
    headers = {"idempotency-key": "k"}
    body = {"to": "+14155551234", "body": "hi"}
    first = tenant.http.post("/v1/sms/send", json=body, headers=headers)
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False})
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).json()["id"] == first.json()["id"]


@pytest.mark.parametrize("path", ["/v1/sms/send", "/messages/send"])
def test_the_same_idempotency_key_with_another_body_is_422(tenant: Tenant, path: str) -> None:
    tenant.pair()
    names = ("to", "body") if path == "/v1/sms/send" else ("recipient", "message")
    headers = {"idempotency-key": "k"}
    bodies = [dict(zip(names, ("+14155551234", text), strict=True)) for text in ("one", "two")]
    assert tenant.http.post(path, json=bodies[0], headers=headers).status_code == 201
    assert tenant.http.post(path, json=bodies[1], headers=headers).status_code == 422
    assert tenant.http.post(path, json=bodies[0], headers=headers).status_code == 201


def test_an_idempotency_key_is_free_again_after_a_day(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    headers = {"idempotency-key": "daily"}
    ids = []
    for body in ("monday", "tuesday"):
        ids.append(
            tenant.http.post("/v1/sms/send", json={"to": "+14155551234", "body": body}, headers=headers).json()["id"]
        )
        clock.forward(hours=24)
    assert len(set(ids)) == 2
    assert phone.device_id


def test_one_accounts_idempotency_keys_are_not_anothers(tenant: Tenant, other_tenant: Tenant) -> None:
    for index, owner in enumerate((tenant, other_tenant)):
        owner.pair()
        body = {"to": "+14155551234", "body": f"hi {index}"}
        assert owner.http.post("/v1/sms/send", json=body, headers={"idempotency-key": "k"}).status_code == 201


@pytest.mark.parametrize("key", ["", '""', "x" * 256])
def test_an_empty_or_overlong_idempotency_key_is_refused_by_name(tenant: Tenant, key: str) -> None:
    tenant.pair()
    answer = tenant.http.post(
        "/v1/sms/send", json={"to": "+14155551234", "body": "x"}, headers={"idempotency-key": key}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_parallel_requests_with_one_idempotency_key_make_one_message(deployed: Tenant) -> None:
    phone = deployed.pair()

    def post(_: int) -> tuple[int, str]:
        body = {"to": "+14155551234", "body": "hi"}
        answer = deployed.http.post("/v1/sms/send", json=body, headers={"idempotency-key": "once"})
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(24)))
    assert {status for status, _ in answers} == {201}
    assert len({message_id for _, message_id in answers}) == 1
    assert len(phone.claim()) == 1


def test_two_messages_that_draw_the_same_id_are_both_kept(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = tenant.pair()
    drawn = iter([7, 7, 7, 8, 9])
    monkeypatch.setattr(Deps, "new_message_id", lambda deps, shard: ids.message_id(deps.now(), next(drawn), shard))
    first, second = (tenant.send().json()["id"] for _ in range(2))
    headers = {"idempotency-key": "k"}
    body = {"to": "+14155551234", "body": "hi"}
    third = tenant.http.post("/v1/sms/send", json=body, headers=headers).json()["id"]
    assert len({first, second, third}) == 3
    assert len(phone.claim()) == 3


def test_a_crash_is_a_json_500_with_a_request_id_and_counts_in_the_metrics(
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    tenant.pair()

    def broken(*_: object) -> None:
        raise RuntimeError("the text +14155551234 hi roost_secret")

    monkeypatch.setattr("roost.usecases.send_message.put_new_message", broken)
    answer = tenant.send()
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    assert problem["request_id"] == answer.headers["x-request-id"]
    metric = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in line)
    assert metric["UnhandledErrors"] == [1.0]
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "RuntimeError" in logged
    assert problem["request_id"] in logged
    for private in ("+14155551234", "roost_secret"):
        assert private not in logged
        assert private not in answer.text


@pytest.mark.parametrize("scope", [Scope.MESSAGES_READ, Scope.DEVICES_MANAGE])
def test_a_key_without_the_scope_is_403(tenant: Tenant, scope: Scope) -> None:
    answer = tenant.http.post("/v1/sms/send", json={}, headers={"x-api-key": tenant.key(scope)})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
