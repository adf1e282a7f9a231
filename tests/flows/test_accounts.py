"""Plans and suspension: what an account may send and how many phones it may have."""

from typing import Any

import httpx
import pytest

from roost.domain.errors import InvalidRequest, NotFound, PlanLimitReached
from roost.domain.plans import Feature, Plan
from roost.domain.senders import Sender
from roost.storage.api_keys import list_api_keys
from roost.storage.meters import get_meter
from roost.usecases.manage_accounts import all_plans, assign_plan, save_plan, suspend_account
from roost.usecases.manage_keys import rotate_key
from roost.usecases.plan_features import require_feature
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def test_a_plan_has_so_many_messages_a_month_and_the_next_month_begins_anew(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    tenant.assign_plan(monthly_messages=3)
    answers = [tenant.send() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 403]
    assert answers[3].json()["code"] == "plan_limit_reached"
    assert "3 messages a month" in answers[3].json()["detail"]
    assert tenant.http.get("/v1/account").json()["usage"] == {"month": "2077-01", "messages": 3}
    clock.forward(hours=16 * 24 + 15, minutes=59)
    phone.call()
    assert tenant.send().status_code == 403, "31 January, 23:59"
    clock.forward(minutes=1)
    assert tenant.http.get("/v1/account").json()["usage"] == {"month": "2077-02", "messages": 0}
    assert [tenant.send().status_code for _ in range(4)] == [201, 201, 201, 403]


def join(tenant: Tenant, name: str) -> httpx.Response:
    link = tenant.http.post("/v1/pairings", json={}).json()["link"]
    with httpx.Client(base_url=tenant.base_url, transport=tenant.transport) as http:
        return PhoneDriver(http, tenant.deps.now).pair(link, install_id=name)


def test_a_plan_has_so_many_phones_and_a_removed_one_makes_room(tenant: Tenant) -> None:
    tenant.assign_plan(phones=2)
    first, second, third = (join(tenant, name) for name in ("a", "b", "c"))
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 403]
    assert third.json()["error"]["code"] == "plan_limit_reached"
    assert "remove one first" in third.json()["error"]["message"]
    assert join(tenant, "a").status_code == 200, "a phone that pairs again is no other phone"
    assert tenant.http.delete(f"/v1/phones/{first.json()['device_id']}").status_code == 204
    assert join(tenant, "c").status_code == 200
    assert join(tenant, "d").status_code == 403
    assert len(tenant.http.get("/v1/phones").json()["data"]) == 2


def test_a_phone_that_was_refused_pairs_with_the_same_code_once_there_is_room(tenant: Tenant) -> None:
    tenant.assign_plan(phones=1)
    first = join(tenant, "a").json()["device_id"]
    link = tenant.http.post("/v1/pairings", json={}).json()["link"]
    with httpx.Client(base_url=tenant.base_url, transport=tenant.transport) as http:
        phone = PhoneDriver(http, tenant.deps.now)
        assert phone.pair(link, install_id="b").status_code == 403
        tenant.http.delete(f"/v1/phones/{first}")
        assert phone.pair(link, install_id="b").status_code == 200
        phone.call()


def test_a_suspended_account_sends_and_pairs_nothing(tenant: Tenant) -> None:
    tenant.pair()
    suspend_account(tenant.deps, tenant.account.id)
    refused = tenant.send()
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
    assert join(tenant, "x").status_code == 403
    assert tenant.http.get("/v1/account").json()["suspended"] is True
    suspend_account(tenant.deps, tenant.account.id, suspended=False)
    assert tenant.send().status_code == 201


def test_every_key_of_a_limited_account_is_held_to_its_plan(tenant: Tenant) -> None:
    """Also one that was made, or rotated, before or after the plan."""
    tenant.pair()
    early, turned = tenant.key(), tenant.new_key()
    tenant.assign_plan(monthly_messages=1)
    late, secret = tenant.key(), rotate_key(tenant.deps, tenant.account.id, turned.id).secret
    assert tenant.send().status_code == 201
    for key in (early, late, secret):
        answer = tenant.http.post("/v1/sms/send", json={"to": "+14155551234", "body": "x"}, headers={"x-api-key": key})
        assert answer.json()["code"] == "plan_limit_reached"
    assert all(key.metered for key in list_api_keys(tenant.deps.keys, tenant.account.id))


@pytest.mark.parametrize("change", ["create", "rotate"])
def test_a_key_whose_write_meets_the_first_plan_is_held_to_it(tenant: Tenant, change: str) -> None:
    """The key was decided on before the account had a plan, and is written after it."""
    target = tenant.new_key()
    meanwhile = [lambda: tenant.assign_plan(monthly_messages=1)]
    events = tenant.deps.keys.meta.client.meta.events

    def assign_first(**_: object) -> None:
        if meanwhile:
            meanwhile.pop()()

    events.register("before-call.dynamodb.TransactWriteItems", assign_first)
    made = tenant.new_key() if change == "create" else rotate_key(tenant.deps, tenant.account.id, target.id).api_key
    assert not meanwhile
    assert made.metered
    assert all(key.metered for key in list_api_keys(tenant.deps.keys, tenant.account.id))


def test_a_plan_that_was_cut_short_limits_nobody_and_can_be_assigned_again(tenant: Tenant) -> None:
    """Killed after each of its writes in turn: a key that is not marked never meets an account that is limited."""
    phone = tenant.pair()
    tenant.new_key()
    save_plan(tenant.deps, Plan("tight", monthly_messages=1))
    events = tenant.deps.keys.meta.client.meta.events
    writes_left = 0

    def killed(model: Any, **_: object) -> None:
        nonlocal writes_left
        if model.name in ("PutItem", "UpdateItem", "TransactWriteItems"):
            writes_left -= 1
            if writes_left < 0:
                raise KeyboardInterrupt

    events.register("before-call.dynamodb", killed, "killed")
    for writes in range(20):
        writes_left = writes
        try:
            assign_plan(tenant.deps, tenant.account.id, "tight")
        except KeyboardInterrupt:
            meter = get_meter(tenant.deps.accounts, tenant.account.id)
            unmarked = [key for key in list_api_keys(tenant.deps.keys, tenant.account.id) if not key.metered]
            assert not unmarked or meter is None or not meter.counts
            continue
        break
    events.unregister("before-call.dynamodb", unique_id="killed")
    assert writes >= 4
    phone.call()
    assert [tenant.send().status_code for _ in range(2)] == [201, 403]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan("unlimited", 5), "name"),
        (Plan("", 5), "name"),
        (Plan("x", 0), "monthly_messages"),
        (Plan("x", phones=0), "phones"),
        (Plan("x", -1), "monthly_messages"),
    ],
    ids=["a built-in name", "no name", "no messages", "no phones", "less than no messages"],
)
def test_a_wrong_plan_is_refused_by_its_field(tenant: Tenant, plan: Plan, field: str) -> None:
    before = all_plans(tenant.deps)
    with pytest.raises(InvalidRequest) as refused:
        save_plan(tenant.deps, plan)
    assert refused.value.fields[0].field == field
    assert all_plans(tenant.deps) == before


def test_a_plan_or_account_that_does_not_exist_changes_nothing(tenant: Tenant) -> None:
    with pytest.raises(InvalidRequest, match="does not exist; there are: unlimited"):
        assign_plan(tenant.deps, tenant.account.id, "platinum")
    with pytest.raises(NotFound):
        assign_plan(tenant.deps, "nobody", "unlimited")
    assert tenant.http.get("/v1/account").json()["plan"]["name"] == "unlimited"


def test_an_account_keeps_the_plan_as_it_was_assigned(tenant: Tenant) -> None:
    tenant.assign_plan(monthly_messages=3, features=frozenset({Feature.MMS}))
    name = tenant.http.get("/v1/account").json()["plan"]["name"]
    save_plan(tenant.deps, Plan(name, monthly_messages=9))
    shown = tenant.http.get("/v1/account").json()["plan"]
    assert (shown["monthly_messages"], shown["features"]) == (3, ["mms"])
    assign_plan(tenant.deps, tenant.account.id, name)
    assert tenant.http.get("/v1/account").json()["plan"]["monthly_messages"] == 9


def test_a_feature_is_there_if_the_plan_has_it(tenant: Tenant) -> None:
    unlimited = Sender(tenant.account.id, tenant.new_key())
    require_feature(tenant.deps, unlimited, Feature.USSD)
    tenant.assign_plan(features=frozenset({Feature.MMS}))
    limited = Sender(tenant.account.id, tenant.new_key())
    require_feature(tenant.deps, limited, Feature.MMS)
    with pytest.raises(PlanLimitReached, match="has no USSD"):
        require_feature(tenant.deps, limited, Feature.USSD)


@pytest.mark.parametrize("amount", [0, 1 << 60, -(1 << 60)])
def test_an_impossible_top_up_is_refused(tenant: Tenant, amount: int) -> None:
    with pytest.raises(InvalidRequest):
        tenant.top_up(credits=amount)
    assert tenant.http.get("/v1/account").json()["credits"] is None
