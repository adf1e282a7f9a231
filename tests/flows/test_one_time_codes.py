"""/v1/otp: a code is good for once, as its caller wants it, and nobody but its phone ever sees it."""

import re
from typing import Any

import pytest

from roost.domain.api_keys import Scope
from roost.runtime.settings import settings
from tests.flows.one_time_codes import PEER, another, ask, check, code_in, received_code
from tests.never_made import never_made
from tests.roost_fixtures import Clock, Tenant


def test_a_code_reaches_the_phone_and_is_good_for_once(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = ask(tenant)
    assert sent.status_code == 201
    assert (sent.json()["to"], sent.json()["expires_in"]) == (PEER, 300)
    [job] = phone.claim()
    assert re.fullmatch(r"Your verification code is \d{6}", job["text"])
    assert (job["to"], job["priority"], job["job_id"]) == (PEER, 2, sent.json()["message_id"])
    code = code_in(job["text"])
    assert check(tenant, code) == {"verified": True, "reason": None, "attempts_left": None}
    assert check(tenant, code) == {"verified": False, "reason": "not_found", "attempts_left": None}


def test_length_template_expiry_and_attempts_are_the_callers(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    sent = ask(tenant, length=8, template="{code} opens the door", expires_in=60, max_attempts=1)
    assert sent.json()["expires_in"] == 60
    [job] = phone.claim()
    assert re.fullmatch(r"\d{8} opens the door", job["text"])
    assert job["not_after"] == sent.json()["expires_at"]
    code = code_in(job["text"])
    assert check(tenant, another(code)) == {"verified": False, "reason": "code_mismatch", "attempts_left": 0}
    assert check(tenant, code) == {"verified": False, "reason": "max_attempts", "attempts_left": 0}
    clock.forward(seconds=60)
    assert check(tenant, code)["reason"] == "expired"


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"to": "0600"}, "to"),
        ({"length": 3}, "length"),
        ({"length": 9}, "length"),
        ({"expires_in": 59}, "expires_in"),
        ({"expires_in": 901}, "expires_in"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"max_attempts": 11}, "max_attempts"),
        ({"template": "no place for it"}, "template"),
        ({"template": "{code}" + "я" * 475}, "template"),
        ({"cooldown": 30}, "cooldown"),
    ],
    ids=str,
)
def test_a_refused_request_names_its_field_and_leaves_nothing(
    tenant: Tenant, members: dict[str, Any], field: str
) -> None:
    phone = tenant.pair()
    answer = ask(tenant, **members)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert phone.claim() == []
    assert ask(tenant).status_code == 201, "no cooldown was started"


def test_without_a_phone_that_could_send_nothing_is_left_behind(tenant: Tenant) -> None:
    assert ask(tenant).status_code == 409
    assert check(tenant, "123456")["reason"] == "not_found"
    tenant.pair()
    assert ask(tenant).status_code == 201


def test_only_the_newest_code_counts(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    ask(tenant, length=7)
    first = received_code(phone)
    clock.forward(seconds=60)
    ask(tenant, length=8)
    second = received_code(phone)
    assert check(tenant, first) == {"verified": False, "reason": "code_mismatch", "attempts_left": 4}
    assert check(tenant, second)["verified"] is True


def test_a_code_of_another_account_is_not_found(tenant: Tenant, other_tenant: Tenant) -> None:
    phone = tenant.pair()
    ask(tenant)
    assert check(other_tenant, received_code(phone))["reason"] == "not_found"


def test_no_answer_listing_or_log_shows_the_code(tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    phone = tenant.pair()
    sent = ask(tenant, length=8)
    [job] = phone.claim()
    code = code_in(job["text"])
    check(tenant, code)
    one = tenant.http.get(f"/v1/messages/{sent.json()['message_id']}")
    assert one.json()["body"] == "Your verification code is ********"
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "/v1/otp/verify" in logged
    for seen in (sent.text, one.text, tenant.http.get("/v1/messages").text, logged):
        assert code not in seen


def test_the_text_leaves_the_table_once_the_message_has_ended(tenant: Tenant) -> None:
    phone = tenant.pair()
    message_id = ask(tenant).json()["message_id"]
    [job] = phone.claim()
    code = code_in(job["text"])
    assert code in stored(tenant)
    phone.call(phone.event("job.sent", job))
    assert code not in stored(tenant)
    again = tenant.http.post(f"/v1/messages/{message_id}/resend")
    assert again.status_code == 422, "a masked text must never be sent"
    assert check(tenant, code)["verified"] is True


def stored(tenant: Tenant) -> str:
    """Every item of this account that could hold a text, as the table has it."""
    items = tenant.deps.messages.scan()["Items"]
    return str([item for item in items if item.get("account") == tenant.account.id])


def test_the_code_skips_the_gap_of_its_phone_but_never_the_cap(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair(paced=True)
    pacing = {"gap_seconds": 240, "daily_cap": 2, "warm_up": False, "acknowledge": True}
    tenant.http.patch(f"/v1/phones/{phone.device_id}", json=pacing).raise_for_status()
    tenant.send()
    assert len(phone.claim()) == 1
    ask(tenant)
    [job] = phone.claim()
    assert job["priority"] == 2
    ask(tenant, "+14155550000")
    assert phone.claim() == []


def test_settings_are_an_accounts_defaults(tenant: Tenant, other_tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    changed = tenant.http.patch("/v1/otp/settings", json={"cooldown": 30, "length": 4, "template": "Code: {code}"})
    assert changed.json()["preview"] == "Code: ****"
    ask(tenant)
    assert re.fullmatch(r"Code: \d{4}", phone.claim()[0]["text"])
    clock.forward(seconds=29)
    assert ask(tenant).status_code == 429
    clock.forward(seconds=1)
    assert ask(tenant).status_code == 201
    assert other_tenant.http.get("/v1/otp/settings").json()["cooldown"] == 60
    for wrong in ({"cooldown": 29}, {"cooldown": 601}, {"template": "none"}, {"colour": 1}):
        assert tenant.http.patch("/v1/otp/settings", json=wrong).status_code == 422
    assert tenant.http.get("/v1/otp/settings").json() == changed.json()


def test_a_key_that_may_use_codes_may_not_change_their_settings(tenant: Tenant) -> None:
    headers = {"x-api-key": tenant.key(Scope.CODES_USE)}
    assert tenant.http.get("/v1/otp/settings", headers=headers).status_code == 200
    assert tenant.http.patch("/v1/otp/settings", json={"length": 4}, headers=headers).status_code == 403


def test_codes_work_with_the_deployed_function_and_its_policy(deployed: Tenant) -> None:
    phone = deployed.pair()
    assert ask(deployed).status_code == 201
    code = received_code(phone)
    assert check(deployed, another(code))["attempts_left"] == 4
    assert check(deployed, code)["verified"] is True
    assert deployed.http.patch("/v1/otp/settings", json={"length": 5}).json()["length"] == 5


def test_the_pepper_of_codes_is_made_by_who_needs_it_first(tenant: Tenant) -> None:
    tenant.pair()
    with never_made(settings().pepper_parameter):
        assert tenant.http.post("/v1/otp", json={"to": "+14155551234"}).is_success
