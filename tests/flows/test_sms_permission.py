"""A phone whose owner has not given the app the SMS permission is there, and is no sender."""

from __future__ import annotations

import httpx
import pytest

from roost.domain.api_keys import Scope
from tests.roost_fixtures import Tenant


def send(tenant: Tenant, key: str) -> httpx.Response:
    body = {"recipient": "+212600000000", "message": "Your verification code is 4829"}
    return tenant.http.post("/messages/send", json=body, headers={"x-api-key": key})


@pytest.mark.capability("DORA-03")
def test_a_phone_without_the_sms_permission_is_reported_and_not_eligible_until_it_has_it(tenant: Tenant) -> None:
    key = tenant.key(Scope.MESSAGES_SEND, key_format="smsgw")
    phone = tenant.pair()
    phone.health = {"missing": ["SEND_SMS"]}
    phone.call()
    [shown] = tenant.http.get("/v1/phones").json()["data"]
    assert shown["missing_permissions"] == ["SEND_SMS"]
    refused = send(tenant, key)
    assert (refused.status_code, refused.json()["message"]) == (400, "No eligible device available")
    phone.health = {"missing": []}
    phone.call()
    assert send(tenant, key).status_code == 201
