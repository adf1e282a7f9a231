"""/v1/ussd: a code runs on one phone, one at a time, and its answer is found again."""

from typing import Any

import pytest

from roost.domain.api_keys import Scope
from roost.domain.instants import rfc3339
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def run(tenant: Tenant, code: str = "*150#", **members: object) -> dict[str, Any]:
    answer = tenant.http.post("/v1/ussd", json={"code": code, **members})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def read(tenant: Tenant, request: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tenant.http.get(f"/v1/ussd/{request['id']}").json()
    return found


def answer(phone: PhoneDriver, job: dict[str, Any], text: str = "Balance: 5.00") -> dict[str, Any]:
    return phone.call(phone.event("ussd.result", job, data={"ok": True, "text": text}))


def listed(tenant: Tenant, **params: Any) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = tenant.http.get("/v1/ussd", params={**params, **({"cursor": cursor} if cursor else {})}).json()
        ids += [request["id"] for request in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return ids


def test_a_code_reaches_the_sim_and_its_answer_is_kept(tenant: Tenant) -> None:
    phone = tenant.pair()
    request = run(tenant, "*150#", phone_id=phone.device_id, sim_slot=1)
    assert (request["status"], request["answer"], request["sim_slot"]) == ("waiting", None, 1)
    [job] = phone.claim()
    assert (job["kind"], job["ussd"]) == ("ussd", {"code": "*150#"})
    assert (job["sim"], job["grant"]) == ({"slot": 1, "sim_id": "sim_b"}, "direct")
    assert "text" not in job
    phone.call(phone.event("job.sending", job))
    assert read(tenant, request)["status"] == "running"
    answer(phone, job)
    found = read(tenant, request)
    assert (found["status"], found["answer"], found["error"]) == ("answered", "Balance: 5.00", None)
    assert found["ended_at"] is not None


def test_a_refusal_of_the_network_is_told_with_its_number(tenant: Tenant) -> None:
    phone = tenant.pair()
    request = run(tenant)
    [job] = phone.claim()
    error = {"name": "USSD_RETURN_FAILURE", "code": -1}
    phone.call(phone.event("ussd.result", job, data={"ok": False, "text": None, "error": error}))
    found = read(tenant, request)
    assert (found["status"], found["error"], found["answer"]) == ("failed", error, None)
    assert phone.claim() == [], "it is not tried again by itself"


def test_without_an_answer_it_is_unknown_and_a_late_answer_still_counts(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    request = run(tenant)
    [job] = phone.claim()
    clock.forward(seconds=60)
    phone.call(phone.event("job.unknown", job, data={"reason": "no_result"}))
    assert read(tenant, request)["status"] == "unknown"
    answer(phone, job)
    answer(phone, job, "repeated")
    assert (read(tenant, request)["status"], read(tenant, request)["answer"]) == ("answered", "Balance: 5.00")


def test_a_phone_runs_one_code_at_a_time(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    requests = []
    for number in range(3):
        requests.append(run(tenant, f"*10{number}#"))
        clock.forward(seconds=1)
    [first] = phone.claim()
    assert first["ussd"]["code"] == "*100#"
    assert phone.claim(have=[first["job_id"]]) == []
    answer(phone, first)
    [second] = phone.claim()
    assert second["ussd"]["code"] == "*101#"


def test_texts_go_on_while_a_code_runs(tenant: Tenant) -> None:
    phone = tenant.pair()
    run(tenant)
    run(tenant)
    [ussd] = phone.claim()
    tenant.send(priority="urgent")
    tenant.send()
    [urgent] = phone.claim(have=[ussd["job_id"]])
    assert urgent["kind"] == "sms"
    [normal] = phone.claim(have=[ussd["job_id"], urgent["job_id"]])
    assert normal["kind"] == "sms"


def test_a_code_neither_waits_for_the_pace_nor_counts_toward_the_cap(tenant: Tenant) -> None:
    phone = tenant.pair(paced=True)
    pacing = {"gap_seconds": 240, "daily_cap": 1, "warm_up": False, "acknowledge": True}
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json=pacing).raise_for_status()
    tenant.send()
    [text] = phone.claim()
    assert text["kind"] == "sms"
    run(tenant)
    [job] = phone.claim(have=[text["job_id"]])
    assert job["not_before"] == rfc3339(phone.now())
    booked = tenant.http.get(f"/v1/phones/{phone.device_id}").json()["pacing"]["booked_today"]
    assert booked == 1


def test_nobody_fetches_it_in_time_and_it_is_not_run_any_more(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    request = run(tenant)
    clock.forward(minutes=5)
    assert phone.claim() == []
    assert read(tenant, request)["status"] == "expired"


def test_requests_are_found_by_code_phone_sim_status_and_time(tenant: Tenant, clock: Clock) -> None:
    phone, other = tenant.pair(), tenant.pair()
    first = run(tenant, "*1#", phone_id=phone.device_id, sim_slot=0)
    answer(phone, phone.claim()[0])
    clock.forward(hours=30)
    second = run(tenant, "*2#", phone_id=phone.device_id, sim_slot=1)
    at = rfc3339(clock.now)
    clock.forward(seconds=1)
    third = run(tenant, "*1#", phone_id=other.device_id)
    assert listed(tenant, limit=1) == [third["id"], second["id"], first["id"]]
    assert listed(tenant, code="*1#") == [third["id"], first["id"]]
    assert listed(tenant, phone_id=phone.device_id, sim_slot=1) == [second["id"]]
    assert listed(tenant, status="answered") == [first["id"]]
    assert listed(tenant, since=at, until=at) == [second["id"]]
    assert listed(tenant, until=at) == [second["id"], first["id"]]
    assert listed(tenant, since=at) == [third["id"], second["id"]]


def test_a_ussd_request_is_no_message(tenant: Tenant, other_tenant: Tenant) -> None:
    tenant.pair()
    request = run(tenant)
    number = request["id"].removeprefix("uss_")
    assert tenant.http.get("/v1/messages").json()["data"] == []
    assert tenant.http.get(f"/v1/messages/msg_{number}").status_code == 404
    assert tenant.http.post(f"/v1/messages/msg_{number}/resend").status_code == 404
    assert tenant.http.get(f"/v1/ussd/{tenant.send().json()['id']}").status_code == 404
    assert other_tenant.http.get(f"/v1/ussd/{request['id']}").status_code == 404
    assert listed(other_tenant) == []


@pytest.mark.parametrize("code", ["", "150", "*150", "150#", "*15a#", "*#", "*" + "1" * 182 + "#", "*1#\n"], ids=repr)
def test_what_is_no_code_is_refused_and_reaches_no_phone(tenant: Tenant, code: str) -> None:
    phone = tenant.pair()
    refused = tenant.http.post("/v1/ussd", json={"code": code})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "code"
    assert phone.claim() == []


def test_a_repeated_request_runs_the_code_once(tenant: Tenant) -> None:
    phone = tenant.pair()
    headers = {"idempotency-key": "once"}
    answers = [tenant.http.post("/v1/ussd", json={"code": "*150#"}, headers=headers).json() for _ in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    [job] = phone.claim()
    answer(phone, job)
    assert phone.claim() == []


def test_running_a_code_takes_a_scope_of_its_own(tenant: Tenant) -> None:
    tenant.pair()
    headers = {"x-api-key": tenant.key(Scope.MESSAGES_SEND, Scope.USSD_READ)}
    assert tenant.http.post("/v1/ussd", json={"code": "*1#"}, headers=headers).status_code == 403
    assert tenant.http.get("/v1/ussd", headers=headers).status_code == 200


def test_ussd_works_with_the_deployed_functions_and_their_policies(deployed: Tenant) -> None:
    phone = deployed.pair()
    request = run(deployed)
    [job] = phone.claim()
    answer(phone, job)
    assert read(deployed, request)["answer"] == "Balance: 5.00"
    assert listed(deployed) == [request["id"]]
