"""What a plan and an expiry date refuse, as clients of smsdora see it."""

import pytest

from roost.domain.api_keys import Scope
from tests.roost_fixtures import Clock, Tenant

BODY = {"recipient": "+212600000000", "message": "Your verification code is 4829"}


def post(tenant: Tenant, key: str) -> tuple[int, dict[str, object]]:
    answer = tenant.http.post("/messages/send", json=BODY, headers={"x-api-key": key})
    return answer.status_code, answer.json()


@pytest.mark.capability("DORA-29")
def test_the_message_after_the_last_of_the_month_is_refused_until_the_next_month(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    tenant.assign_plan(monthly_messages=3)
    key = tenant.key(Scope.MESSAGES_SEND, key_format="smsgw")
    assert [post(tenant, key)[0] for _ in range(3)] == [201, 201, 201]
    status, answer = post(tenant, key)
    assert (status, answer["statusCode"], answer["error"]) == (403, 403, "Forbidden")
    assert "3 messages a month" in str(answer["message"])
    assert len(phone.claim()) == 3
    clock.forward(hours=24 * 17)  # from the 15th of January into February
    phone.call()
    assert post(tenant, key)[0] == 201


@pytest.mark.capability("DORA-30")
def test_one_phone_more_than_the_plan_has_is_refused_and_told_why(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.assign_plan(phones=1)
    phone.http.headers.pop("authorization")
    link = tenant.http.post("/v1/pairings", json={}).json()["link"]
    refused = phone.pair(link, install_id="a second phone")
    assert refused.status_code == 403
    assert "1 phones" in refused.json()["error"]["message"]
    assert len(tenant.http.get("/v1/phones").json()["data"]) == 1


@pytest.mark.capability("DORA-22")
def test_a_key_works_until_the_instant_it_expires(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    key = tenant.key(Scope.MESSAGES_SEND, key_format="smsgw", expires_at=clock() + 60_000)
    clock.forward(seconds=59.999)
    assert post(tenant, key)[0] == 201
    clock.forward(seconds=0.001)
    assert post(tenant, key)[0] == 401
