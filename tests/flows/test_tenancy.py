"""No route shows or changes what belongs to another account."""

import pytest

from tests.roost_fixtures import Tenant

BODIES = {
    "/v1/phones/{phone_id}": {"enabled": False},
    "/v1/keys/{key_id}": {"name": "x"},
    "/v1/messages/{message_id}/reschedule": {"send_at": "2077-01-16T00:00:00Z"},
}


@pytest.fixture
def foreign(tenant: Tenant) -> dict[str, str]:
    """Ids that exist, in another account than the caller's."""
    phone = tenant.pair()
    key = tenant.http.post("/v1/keys", json={"name": "x", "scopes": ["messages:read"]}).json()["id"]
    message = tenant.send().json()["id"]
    return {"phone_id": phone.device_id, "message_id": message, "sms_id": message, "key_id": key}


def test_every_route_with_an_id_answers_404_for_a_foreign_one(foreign: dict[str, str], other_tenant: Tenant) -> None:
    walked = 0
    document = other_tenant.http.get("/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        names = [name for name in foreign if f"{{{name}}}" in path]
        for method in operations if names else ():
            answer = other_tenant.http.request(method, path.format(**foreign), json=BODIES.get(path))
            assert answer.status_code == 404, f"{method} {path}"
            walked += 1
    assert walked >= 5


def test_a_foreign_phone_cannot_be_chosen_to_send(foreign: dict[str, str], other_tenant: Tenant) -> None:
    assert other_tenant.send(phone_id=foreign["phone_id"]).status_code == 404


def test_lists_show_only_ones_own(foreign: dict[str, str], other_tenant: Tenant) -> None:
    for path in ("/v1/messages", "/v1/phones"):
        assert other_tenant.http.get(path).json()["data"] == []
