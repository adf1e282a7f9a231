"""Changing, rotating and revoking keys: one key may have two living secrets for a while."""

import pytest

from roost.domain.api_keys import Scope
from tests.roost_fixtures import Clock, Tenant


def status_of(tenant: Tenant, secret: str) -> int:
    return tenant.http.get("/v1/messages", headers={"x-api-key": secret}).status_code


def make(tenant: Tenant, **members: object) -> dict[str, str]:
    body = {"name": "shop", "scopes": ["messages:read"], **members}
    made: dict[str, str] = tenant.http.post("/v1/keys", json=body).json()
    return made


def listed(tenant: Tenant, key_id: str) -> dict[str, object]:
    [found] = [key for key in tenant.http.get("/v1/keys").json()["data"] if key["id"] == key_id]
    shown: dict[str, object] = found
    return shown


@pytest.mark.capability("DORA-24")
@pytest.mark.parametrize("key_format", ["roost", "smsgw", "smsai"])
def test_rotating_gives_a_new_secret_to_the_same_key(tenant: Tenant, key_format: str) -> None:
    limits = {"per_minute": 5, "per_day": 9, "spending_usd": "1.50", "addresses": ["203.0.113.0/24"]}
    made = make(tenant, format=key_format, limits=limits, expires_at="2077-06-01T00:00:00Z")
    assert made["key"].startswith(f"{key_format}_")
    before = listed(tenant, made["id"])
    rotated = tenant.http.post(f"/v1/keys/{made['id']}/rotate").json()
    assert status_of(tenant, made["key"]) == 401, "the old secret dies at once"
    assert status_of(tenant, rotated["key"]) == 200
    assert rotated["key"].startswith(f"{key_format}_")
    assert rotated["id"] == made["id"]
    after = listed(tenant, made["id"])
    assert after["hint"] != before["hint"]
    unchanged = ("id", "name", "scopes", "limits", "created_at", "expires_at", "revoked_at")
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_an_overlap_lets_both_secrets_work_and_count_together(tenant: Tenant, clock: Clock) -> None:
    made = make(tenant, limits={"per_minute": 4})
    assert status_of(tenant, made["key"]) == 200
    rotated = tenant.http.post(f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": 3_600}).json()
    secrets = (made["key"], rotated["key"], made["key"], rotated["key"])
    assert [status_of(tenant, secret) for secret in secrets] == [200, 200, 200, 429]
    clock.forward(minutes=59)
    assert status_of(tenant, made["key"]) == 200
    clock.forward(minutes=1)
    assert status_of(tenant, made["key"]) == 401
    assert status_of(tenant, rotated["key"]) == 200


def test_revoking_kills_every_secret_of_a_key(tenant: Tenant) -> None:
    made = make(tenant)
    rotated = tenant.http.post(f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": 3_600}).json()
    again = tenant.http.post(f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": 3_600}).json()
    secrets = (made["key"], rotated["key"], again["key"])
    assert [status_of(tenant, secret) for secret in secrets] == [200, 200, 200]
    assert tenant.http.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert [status_of(tenant, secret) for secret in secrets] == [401, 401, 401]
    assert tenant.http.post(f"/v1/keys/{made['id']}/rotate").status_code == 404, "a revoked key stays dead"
    assert tenant.http.patch(f"/v1/keys/{made['id']}", json={"name": "x"}).status_code == 404


@pytest.mark.parametrize("overlap", [-1, 30 * 86_400 + 1, "soon"])
def test_an_overlap_has_bounds(tenant: Tenant, overlap: object) -> None:
    made = make(tenant)
    answer = tenant.http.post(f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": overlap})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "overlap_seconds")
    assert status_of(tenant, made["key"]) == 200


def test_limits_change_at_once_and_what_was_used_stays_used(tenant: Tenant) -> None:
    made = make(tenant, limits={"per_minute": 3, "per_day": 100})
    path = f"/v1/keys/{made['id']}"
    assert [status_of(tenant, made["key"]) for _ in range(4)] == [200, 200, 200, 429]
    changed = tenant.http.patch(path, json={"limits": {"per_minute": 5}}).json()
    assert changed["limits"] == {"per_minute": 5, "per_day": 100, "spending_usd": None, "addresses": []}
    assert [status_of(tenant, made["key"]) for _ in range(3)] == [200, 200, 429]
    tenant.http.patch(path, json={"limits": {"per_minute": 1}})
    assert status_of(tenant, made["key"]) == 429
    tenant.http.patch(path, json={"limits": {"per_minute": None, "per_day": None}, "name": "till"})
    assert [status_of(tenant, made["key"]) for _ in range(3)] == [200, 200, 200]
    assert listed(tenant, made["id"])["name"] == "till"


def test_a_change_reaches_a_secret_that_is_being_replaced(tenant: Tenant) -> None:
    made = make(tenant)
    tenant.http.post(f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": 3_600})
    tenant.http.patch(f"/v1/keys/{made['id']}", json={"limits": {"addresses": ["10.0.0.1"]}})
    assert status_of(tenant, made["key"]) == 403


def test_the_last_use_is_known_to_the_hour_or_exactly(tenant: Tenant, clock: Clock) -> None:
    free, limited = make(tenant), make(tenant, limits={"per_day": 100})
    assert listed(tenant, free["id"])["last_used_at"] is None
    for minutes in (0, 30, 29):
        clock.forward(minutes=minutes)
        assert (status_of(tenant, free["key"]), status_of(tenant, limited["key"])) == (200, 200)
    assert listed(tenant, free["id"])["last_used_at"] == "2077-01-15T08:00:00.000Z"
    assert listed(tenant, limited["id"])["last_used_at"] == "2077-01-15T08:59:00.000Z"
    clock.forward(minutes=1)
    status_of(tenant, free["key"])
    assert listed(tenant, free["id"])["last_used_at"] == "2077-01-15T09:00:00.000Z"


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"per_minute": 0}, "limits.per_minute"),
        ({"per_minute": 1_001}, "limits.per_minute"),
        ({"per_day": -1}, "limits.per_day"),
        ({"per_day": "many"}, "limits.per_day"),
        ({"spending_usd": 0}, "limits.spending_usd"),
        ({"spending_usd": "-1"}, "limits.spending_usd"),
        ({"spending_usd": "0.0000001"}, "limits.spending_usd"),
        ({"addresses": ["10.0.0.0/33"]}, "limits.addresses.0"),
        ({"addresses": ["10.0.0.1", "10.0.0.9/24"]}, "limits.addresses.1"),
        ({"addresses": "10.0.0.1"}, "limits.addresses"),
        ({"per_hour": 5}, "limits.per_hour"),
    ],
    ids=str,
)
def test_a_wrong_limit_is_named_and_nothing_is_changed(tenant: Tenant, limits: dict[str, object], field: str) -> None:
    made = make(tenant, limits={"per_day": 7})
    before = tenant.http.get("/v1/keys").json()["data"]
    body = {"name": "x", "scopes": ["messages:read"], "limits": limits}
    for answer in (
        tenant.http.post("/v1/keys", json=body),
        tenant.http.patch(f"/v1/keys/{made['id']}", json={"name": "y", "limits": limits}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert tenant.http.get("/v1/keys").json()["data"] == before


def test_a_limited_key_makes_no_second_one_and_does_not_lift_its_limit(tenant: Tenant) -> None:
    limited = tenant.new_key(per_day=5)
    secret = tenant.key(per_day=5)
    headers = {"x-api-key": secret}
    made = tenant.http.post("/v1/keys", json={"name": "x", "scopes": ["messages:read"]}, headers=headers)
    lifted = tenant.http.patch(f"/v1/keys/{limited.id}", json={"limits": {"per_day": None}}, headers=headers)
    stolen = tenant.http.post(f"/v1/keys/{limited.id}/rotate", headers=headers)
    for answer in (made, lifted, stolen):
        assert (answer.status_code, answer.json()["code"]) == (403, "key_is_limited")


def test_a_weak_key_gets_no_strong_one_by_rotating_it(tenant: Tenant) -> None:
    strong = tenant.new_key()
    weak = tenant.key(Scope.KEYS_MANAGE, Scope.MESSAGES_READ)
    headers = {"x-api-key": weak}
    for answer in (
        tenant.http.post(f"/v1/keys/{strong.id}/rotate", headers=headers),
        tenant.http.patch(f"/v1/keys/{strong.id}", json={"name": "x"}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    own = next(key["id"] for key in tenant.http.get("/v1/keys").json()["data"] if weak.endswith(key["hint"][-4:]))
    assert tenant.http.post(f"/v1/keys/{own}/rotate", headers=headers).status_code == 200
