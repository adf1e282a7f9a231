"""The account's SMS8 key: one that can be shown again, and is dead the moment another is made."""

import json
import os
import threading

import pytest

from roost.domain.api_keys import Scope
from roost.domain.errors import NotFound
from roost.runtime.master_secret import account_key_master
from roost.usecases.account_key import account_key_secret, regenerate_account_key
from tests.roost_fixtures import Tenant


def regenerate(tenant: Tenant) -> str:
    return regenerate_account_key(tenant.deps, tenant.account.id, account_key_master()).secret


@pytest.mark.capability("SMS8-04")
def test_a_regenerated_key_works_and_the_old_one_is_dead_at_once(tenant: Tenant) -> None:
    client = tenant.sms8()
    assert client.data("get-devices") == {"devices": []}
    renewed = tenant.sms8()
    assert client.refusal("get-devices") == (401, "Invalid API key")
    assert renewed.data("get-devices") == {"devices": []}


def test_the_key_is_shown_as_often_as_its_owner_asks(tenant: Tenant) -> None:
    secret = regenerate(tenant)
    for _ in range(2):
        assert account_key_secret(tenant.deps, tenant.account.id, account_key_master()) == secret


def test_no_table_holds_the_key(tenant: Tenant) -> None:
    secret = regenerate(tenant)
    tables = (tenant.deps.keys, tenant.deps.accounts)
    stored = json.dumps([table.scan()["Items"] for table in tables], default=str)
    assert secret not in stored
    assert secret.removeprefix("sms8_") not in stored


def test_without_the_master_secret_the_key_still_works_but_cannot_be_shown(tenant: Tenant) -> None:
    client = tenant.sms8()
    with pytest.raises(NotFound, match="cannot be shown"):
        account_key_secret(tenant.deps, tenant.account.id, os.urandom(32))
    assert client.data("get-devices") == {"devices": []}


def test_an_account_without_a_key_or_with_a_revoked_one_has_none_to_show(tenant: Tenant) -> None:
    with pytest.raises(NotFound, match="has no SMS8 key"):
        account_key_secret(tenant.deps, tenant.account.id, account_key_master())
    api_key, _ = regenerate_account_key(tenant.deps, tenant.account.id, account_key_master())
    assert tenant.http.delete(f"/v1/keys/{api_key.id}").status_code == 204
    with pytest.raises(NotFound, match="has no SMS8 key"):
        account_key_secret(tenant.deps, tenant.account.id, account_key_master())


def test_the_first_use_makes_the_master_secret_and_every_later_one_finds_it(tenant: Tenant) -> None:
    first = account_key_master()
    account_key_master.cache_clear()
    assert account_key_master() == first
    assert len(first) == 32


def test_of_regenerations_at_once_one_key_lives_and_it_is_the_one_that_is_shown(tenant: Tenant) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(regenerate(tenant))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    living = [secret for secret in made if opens(tenant, secret)]
    assert living == [account_key_secret(tenant.deps, tenant.account.id, account_key_master())]


def opens(tenant: Tenant, secret: str) -> bool:
    return bool(tenant.http.get("/v1/messages", headers={"x-api-key": secret}).is_success)


def test_limits_set_on_the_key_survive_its_regeneration(tenant: Tenant) -> None:
    regenerate(tenant)
    assert tenant.http.patch("/v1/keys/key_sms8", json={"limits": {"per_minute": 2}}).is_success
    client = tenant.sms8()
    codes = [(client.post("get-devices").get("error") or {}).get("code") for _ in range(3)]
    assert codes == [None, None, 429]


def test_a_key_rotated_as_any_other_works_but_cannot_be_shown(tenant: Tenant) -> None:
    regenerate(tenant)
    rotated = tenant.http.post("/v1/keys/key_sms8/rotate", json={}).json()["key"]
    assert opens(tenant, rotated)
    with pytest.raises(NotFound, match="cannot be shown"):
        account_key_secret(tenant.deps, tenant.account.id, account_key_master())


def test_an_account_key_makes_no_keys_and_pairs_no_phones(tenant: Tenant) -> None:
    headers = {"x-api-key": regenerate(tenant)}
    wanted = {"name": "x", "scopes": [Scope.MESSAGES_READ]}
    assert tenant.http.post("/v1/keys", json=wanted, headers=headers).status_code == 403
    assert tenant.http.post("/v1/pairings", json={}, headers=headers).status_code == 403
    assert tenant.http.get("/v1/messages", headers=headers).status_code == 200
