"""An account with more phones than a request may read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roost.domain.leases import MAX_JOBS
from roost.domain.pacing import Bookings
from roost.domain.phones import Phone
from roost.storage.phones import FIRST, MORE, get_phone, put_phone, some_phones
from roost.usecases.plan_claim import LANES_SEEN
from tests.flows.test_batches import send_all
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

MANY = FIRST + 2 * MORE


@pytest.fixture
def together(tenant: Tenant) -> PhoneDriver:
    """The first of many, all online, which share the batches."""
    phone = tenant.pair()
    phone.call(claim="awake")
    found = get_phone(tenant.deps.devices, tenant.account.id, 1)
    assert found is not None
    for number in range(2, MANY + 1):
        put_phone(tenant.deps.devices, replace(found, number=number))
    change_counter(tenant)
    return phone


@pytest.fixture
def first(tenant: Tenant, clock: Clock) -> Phone:
    """The first of many, all online; the others are busy for an hour."""
    tenant.pair().call(claim="awake")
    found = get_phone(tenant.deps.devices, tenant.account.id, 1)
    assert found is not None
    busy = Bookings(next_free_at=clock.now + 3_600_000)
    for number in range(2, MANY + 1):
        put_phone(tenant.deps.devices, replace(found, number=number, booked=busy))
    change_counter(tenant)
    return found


def change_counter(tenant: Tenant) -> None:
    tenant.deps.devices.update_item(
        Key={"pk": f"A#{tenant.account.id}", "sk": "counter"},
        UpdateExpression="SET phones = :many",
        ExpressionAttributeValues={":many": MANY},
    )


def sent_by(tenant: Tenant) -> object:
    return tenant.send().json()["phone_id"]


@pytest.mark.usefixtures("first")
def test_a_part_of_them_is_read_for_one_message(tenant: Tenant) -> None:
    for dice in (0, 5, MORE, MANY - 1, 2**32 - 1):
        phones, is_all = some_phones(tenant.deps.devices, tenant.account.id, dice)
        numbers = [phone.number for phone in phones]
        assert not is_all
        assert numbers[:FIRST] == list(range(1, FIRST + 1))
        assert len(numbers) == len(set(numbers)) == FIRST + MORE


@pytest.mark.usefixtures("first")
def test_every_phone_has_its_turn(tenant: Tenant) -> None:
    seen: set[int] = set()
    for dice in range(0, MANY, 5):
        seen |= {phone.number for phone in some_phones(tenant.deps.devices, tenant.account.id, dice)[0]}
    assert seen == set(range(1, MANY + 1))


@pytest.mark.usefixtures("first")
def test_the_phone_that_is_free_takes_the_message(tenant: Tenant) -> None:
    assert sent_by(tenant) == "phn_1"


def test_a_phone_that_is_there_is_found_among_many_that_may_not_send(tenant: Tenant, first: Phone) -> None:
    for number in range(1, MANY):
        put_phone(tenant.deps.devices, replace(first, number=number, enabled=False))
    assert sent_by(tenant) == f"phn_{MANY}"


def test_a_phone_that_is_online_goes_before_many_that_are_silent(tenant: Tenant, first: Phone, clock: Clock) -> None:
    clock.forward(hours=2)
    put_phone(tenant.deps.devices, replace(first, number=MANY, seen_at=clock.now))
    assert sent_by(tenant) == f"phn_{MANY}"


def test_of_few_phones_all_are_read(tenant: Tenant) -> None:
    for _ in range(3):
        tenant.pair()
    phones, is_all = some_phones(tenant.deps.devices, tenant.account.id, 7)
    assert ([phone.number for phone in phones], is_all) == ([1, 2, 3], True)


def test_the_last_of_a_campaign_goes_round_among_many_phones(tenant: Tenant, together: PhoneDriver) -> None:
    """ceil(remaining / 2 phones) of all that waits, though only some of the phones are read."""
    for _ in range(LANES_SEEN - 1):
        send_all(tenant, 12)
    assert len(together.claim()) == -(-12 * (LANES_SEEN - 1) // (2 * MANY)) == 2


def test_phones_that_were_removed_take_no_part(tenant: Tenant, together: PhoneDriver) -> None:
    """Every second of the others: half as many share what is left, and each part is twice as large."""
    found = get_phone(tenant.deps.devices, tenant.account.id, 2)
    assert found is not None
    for number in range(2, MANY + 1, 2):
        put_phone(tenant.deps.devices, replace(found, number=number, removed_at=found.paired_at))
    for _ in range(LANES_SEEN - 1):
        send_all(tenant, 12)
    assert len(together.claim()) == -(-12 * (LANES_SEEN - 1) // MANY) == 3


def test_as_long_as_there_are_more_lanes_than_a_look_sees_parts_are_large(
    tenant: Tenant, together: PhoneDriver
) -> None:
    for _ in range(LANES_SEEN):
        send_all(tenant, 12)
    assert len(together.claim()) == MAX_JOBS
