"""A phone's token changes without a moment in which neither works; an app that is too old still reports."""

from typing import Any

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def rotate(tenant: Tenant, phone: PhoneDriver) -> dict[str, Any]:
    answer = tenant.http.post(f"/v1/phones/{phone.device_id}/rotate-token")
    assert answer.status_code == 202
    shown: dict[str, Any] = answer.json()
    return shown


def use(phone: PhoneDriver, token: str) -> int:
    """The status of a call with `token`."""
    headers = {"authorization": f"Bearer {token}"}
    return phone.http.post("/phone/v1/callback", json=phone.body(), headers=headers).status_code


def present(phone: PhoneDriver) -> str:
    return phone.http.headers["authorization"].removeprefix("Bearer ")


def test_both_tokens_work_until_the_next_is_used_then_only_that_one(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    old = present(phone)
    assert "next_token" not in phone.call(claim="before")
    assert rotate(tenant, phone)["token_rotation_since"] is not None
    told = phone.call(claim="after")["next_token"]
    assert use(phone, old) == 200, "the answer may have been lost"
    clock.forward(seconds=1)
    newest = phone.call(claim="again")["next_token"]
    assert use(phone, told) == 401, "the last one told wins"
    assert use(phone, newest) == 200
    assert use(phone, old) == 401
    phone.http.headers["authorization"] = f"Bearer {newest}"
    assert "next_token" not in phone.call(claim="done")
    [shown] = tenant.http.get("/v1/phones").json()["data"]
    assert shown["token_rotation_since"] is None


def test_a_repeated_claim_tells_no_token_that_nobody_remembers(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    phone.claim("the-claim")
    rotate(tenant, phone)
    assert "next_token" not in phone.call(claim="the-claim")


def test_an_app_that_is_too_old_gets_no_messages_but_its_reports_are_taken(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    [job] = phone.claim()
    phone.http.headers["roost-protocol"] = "0"
    refused = phone.http.post("/phone/v1/callback", json=phone.body(claim="more"))
    assert refused.status_code == 426
    assert (refused.json()["error"]["code"], refused.json()["events_ok"]) == ("upgrade_required", True)
    event = phone.event("job.delivered", job)
    assert phone.call(event)["acked"] == [event["event_id"]]
    assert tenant.message(job["job_id"])["status"] == "delivered"
