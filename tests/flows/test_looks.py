"""What a phone costs while nothing happens: looks that do not grow in number, calls that are not written, few parts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from dev.write_units import count_writes
from roost.domain.instants import HOUR, MINUTE, minute_of
from roost.runtime.deps import Deps
from roost.storage.checks import Check, Progress, checks_of, look_again, mark_progress, put_check
from roost.storage.items import native
from roost.storage.leases import lease_of
from roost.storage.phones import from_item, get_phone
from roost.usecases.wake_phones import wake_phone
from tests.flows.test_batch_claims import take
from tests.flows.test_batches import send_all
from tests.flows.test_recovery import Started, number_of, swept_at
from tests.in_role import sweep
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

CAREFUL = {"gap_seconds": 240, "warm_up": False, "daily_cap": 200}


@pytest.fixture
def looks(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the item of each phone was read."""
    seen: Counter[str] = Counter()
    read = deps.devices.get_item

    def counted(**parameters: Any) -> Any:
        seen[f"{parameters['Key']['pk']} {parameters['Key']['sk']}"] += 1
        return read(**parameters)

    monkeypatch.setattr(deps.devices, "get_item", counted)
    return seen


def of_phone(looks: Counter[str], account: str, number: int) -> int:
    return sum(count for key, count in looks.items() if re.search(rf"A#{account} phone#0*{number}$", key))


def test_what_was_planned_ahead_is_looked_at_once_and_anything_else_twice(
    tenant: Tenant, deps: Deps, clock: Clock, looks: Counter[str]
) -> None:
    """An entry of this minute may be written after the minute was looked at; one that was planned may not."""
    minute, account = minute_of(clock.now), tenant.account.id
    put_check(deps.devices, minute, Check(account, 8))
    put_check(deps.devices, minute, Check(account, 9), ahead=True)
    swept_at(deps, clock, Started())
    for _ in range(3):
        clock.forward(minutes=1)
        sweep(deps, Started())  # type: ignore[arg-type]
    assert (of_phone(looks, account, 8), of_phone(looks, account, 9)) == (2, 1)


def test_however_many_plan_looks_at_something_they_come_to_the_same_turns(
    tenant: Tenant, deps: Deps, clock: Clock
) -> None:
    check, planned = Check(tenant.account.id, 7), set()
    keys: list[str] = []
    put = deps.devices.put_item

    def kept(**parameters: Any) -> Any:
        keys.append(parameters["Item"]["pk"])
        return put(**parameters)

    deps.devices.put_item = kept  # type: ignore[method-assign]
    for second in range(0, 7_200, 7):
        look_again(deps.devices, check, clock.now + second * 1_000, 10 * MINUTE)
        planned.add(keys[-1])
        assert keys[-1] > f"CHECK#{minute_of(clock.now + second * 1_000)}"
    assert len(planned) in (12, 13), "by the turn of this account"


def test_a_job_that_is_claimed_in_the_middle_of_a_look_is_looked_after(
    tenant: Tenant, deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look read the phone before the claim: it sees nothing held, and nobody else would plan another."""
    phone = tenant.pair()
    tenant.send(ttl_seconds=900)
    check = Check(tenant.account.id, number_of(phone))
    put_check(deps.devices, minute_of(clock.now), check, ahead=True)

    def claimed_just_after(*named: Any, **how: Any) -> Any:
        found = get_phone(*named, **how)
        assert len(phone.claim()) <= 1
        return found

    with monkeypatch.context() as patched:
        patched.setattr("roost.usecases.sweep.get_phone", claimed_just_after)
        swept_at(deps, clock, Started())
    later = [minute_of(clock.now + minutes * MINUTE) for minutes in range(40)]
    assert check in [planned for minute in later for _, planned in checks_of(deps.devices, minute)]


def test_a_phone_that_holds_something_is_looked_at_twice_an_hour_however_often_it_claims(
    tenant: Tenant, deps: Deps, clock: Clock, looks: Counter[str]
) -> None:
    phones = [tenant.pair(), tenant.pair()]
    send_all(tenant, 60)
    clock.now = -(-clock.now // HOUR) * HOUR
    mark_progress(deps.devices, Progress(minute_of(clock.now - 2 * MINUTE)))
    held: list[dict[str, Any]] = []
    for _ in range(10):
        jobs = phones[0].claim(have=[job["job_id"] for job in held])
        phones[0].call(phones[0].accept(*jobs)) if jobs else None
        held += jobs
        clock.forward(minutes=1)
        sweep(deps, Started())  # type: ignore[arg-type]
    clock.forward(minutes=50)
    sweep(deps, Started())  # type: ignore[arg-type]
    looks.clear()
    for _ in range(120):
        clock.forward(minutes=1)
        sweep(deps, Started())  # type: ignore[arg-type]
    assert 1 <= of_phone(looks, tenant.account.id, number_of(phones[0])) <= 5


def written(tenant: Tenant, phone: PhoneDriver, *events: dict[str, Any], **members: Any) -> float:
    units = count_writes(tenant.deps)
    phone.call(*events, claim=f"clm_{next(phone.sequence)}", **members)
    return sum(units.values())


def test_a_call_soon_after_another_that_tells_and_finds_nothing_new_is_not_written(
    tenant: Tenant, clock: Clock
) -> None:
    phone = tenant.pair()
    phone.claim()
    clock.forward(seconds=5)
    assert written(tenant, phone) == 0
    clock.forward(seconds=30)
    assert written(tenant, phone) == 1, "that a phone is there is known to half a minute"


def test_a_call_that_answers_a_wake_is_written_however_little_it_finds(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    phone.claim()
    wake_phone(tenant.deps, None, tenant.account.id, number_of(phone))
    clock.forward(seconds=5)
    assert written(tenant, phone) == 1
    found = get_phone(tenant.deps.devices, tenant.account.id, number_of(phone), consistent=True)
    assert found is not None
    assert found.woken_at is None


def test_a_phone_takes_no_more_of_a_batch_while_what_it_holds_lasts_to_its_next_poll(
    tenant: Tenant, clock: Clock
) -> None:
    """240 s apart, ten last forty minutes; without pushes it polls every minute, or five later."""
    phone = tenant.pair(paced=True)
    answer = tenant.http.patch(f"/v1/phones/{phone.device_id}", json={**CAREFUL, "acknowledge": True})
    assert answer.status_code == 200, answer.text
    send_all(tenant, 60)
    held = take(phone, [])
    assert len(held) == 10
    sizes = []
    for _ in range(5):
        clock.forward(minutes=8)
        held = held[2:]
        more = take(phone, held)
        held += more
        sizes.append(len(more))
    assert sizes == [0, 0, 0, 0, 10]


def test_a_phone_and_its_lease_are_read_as_the_first_versions_wrote_them(tenant: Tenant) -> None:
    phone = tenant.pair()
    [first, second] = [int(str(tenant.send().json()["id"]).removeprefix("msg_")) for _ in range(2)]
    phone.claim()
    key = {"pk": f"A#{tenant.account.id}", "sk": f"phone#{number_of(phone):08d}"}
    item = native(tenant.deps.devices.get_item(Key=key)["Item"])
    now = from_item(item)
    assert now.last_lease is not None
    assert set(now.last_lease.job_ids) == now.held_jobs == {first, second}
    lease: dict[str, Any] = dict(item["last_lease"])
    del lease["jobs"], lease["leave"]
    lease |= {"job_ids": list(now.last_lease.job_ids), "slots": list(now.last_lease.slots)}
    then = from_item({**item, "last_lease": lease, "held_jobs": frozenset({first, second})})
    assert then == now
    assert lease_of({"account": "a", "phone": 1, **lease}).slots == now.last_lease.slots
