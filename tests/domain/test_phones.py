"""Which phone and which SIM a message leaves by."""

import pytest

from roost.domain.errors import InvalidRequest, NoEligiblePhone
from roost.domain.instants import MINUTE
from roost.domain.messages import Priority
from roost.domain.pacing import Bookings
from roost.domain.phones import Presence, choose_sim
from roost.domain.routing import choose_phone, most_ready
from tests.domain.builders import NOW, a_phone


def test_the_enabled_phone_seen_last_sends() -> None:
    phones = [a_phone(1, seen_at=NOW - 5_000), a_phone(2, seen_at=NOW - 1_000), a_phone(3, enabled=False)]
    assert choose_phone(phones, NOW, online_only=True).number == 2


@pytest.mark.capability("DORA-14")
def test_of_three_devices_the_online_active_one_seen_last_is_picked() -> None:
    offline_but_newest_paired = a_phone(1, paired_at=NOW, seen_at=NOW - 90 * MINUTE)
    inactive = a_phone(2, enabled=False, seen_at=NOW)
    online = [a_phone(3, seen_at=NOW - 9 * MINUTE), a_phone(4, seen_at=NOW - 2 * MINUTE)]
    assert choose_phone([offline_but_newest_paired, inactive, *online], NOW, online_only=True).number == 4


def test_the_phone_that_is_free_first_sends() -> None:
    busy = a_phone(1, seen_at=NOW, booked=Bookings(next_free_at=NOW + 5 * MINUTE))
    free = a_phone(2, seen_at=NOW - 3 * MINUTE)
    assert choose_phone([busy, free], NOW, online_only=False).number == 2
    assert choose_phone([busy, free], NOW, online_only=False, priority=Priority.URGENT).number == 1, "no gap for it"
    asleep = a_phone(2, seen_at=NOW - 40 * MINUTE)
    assert choose_phone([busy, asleep], NOW, online_only=False).number == 1, "online comes first"


@pytest.mark.parametrize(
    ("known_free_in", "known_seen_ago", "chosen"), [(0, 5, 2), (4, 5, 2), (4.1, 5, 1), (0, 21, 1), (60, 21, 1)]
)
def test_the_phone_its_recipient_knows_is_preferred_if_it_is_as_present_and_free_within_four_minutes(
    known_free_in: float, known_seen_ago: int, chosen: int
) -> None:
    free = a_phone(1, seen_at=NOW)
    booked = Bookings(next_free_at=NOW + round(known_free_in * MINUTE))
    known = a_phone(2, seen_at=NOW - known_seen_ago * MINUTE, booked=booked)
    assert choose_phone([free, known], NOW, online_only=False, familiar=2).number == chosen
    assert choose_phone([free, known], NOW, online_only=False, familiar=9).number == 1, "a phone that is gone"


def test_work_that_any_may_take_wakes_the_phones_that_would_take_some_now() -> None:
    free, awaited = a_phone(1, seen_at=NOW), a_phone(2, seen_at=NOW, woken_at=NOW - 1_000)
    busy = a_phone(3, seen_at=NOW, booked=Bookings(next_free_at=NOW + 36 * MINUTE))
    soon_free = a_phone(4, seen_at=NOW, booked=Bookings(next_free_at=NOW + 5 * MINUTE))
    asleep = a_phone(5, seen_at=NOW - 40 * MINUTE)
    phones = [busy, soon_free, awaited, asleep, free]
    assert [phone.number for phone in most_ready(phones, NOW, Priority.BULK)] == [1, 4]
    urgent = {phone.number for phone in most_ready(phones, NOW, Priority.URGENT)}
    assert urgent == {1, 2, 3, 4}, "it goes before what they hold, and starts a wake anew"
    assert [phone.number for phone in most_ready([asleep], NOW, Priority.BULK)] == [5], "if none is online"


def test_a_phone_silent_for_twenty_minutes_is_not_online() -> None:
    silent = a_phone(seen_at=NOW - 20 * MINUTE)
    assert silent.presence(NOW) is Presence.QUIET
    assert choose_phone([silent], NOW, online_only=False).number == 1
    with pytest.raises(NoEligiblePhone):
        choose_phone([silent], NOW, online_only=True)


def test_a_phone_that_may_not_send_sms_is_not_eligible() -> None:
    with pytest.raises(NoEligiblePhone):
        choose_phone([a_phone(health={"missing": ["SEND_SMS"]})], NOW, online_only=False)


def test_the_wanted_sim_then_the_default_then_the_first() -> None:
    assert choose_sim(a_phone(), 1, "sim_slot") == 1
    assert choose_sim(a_phone(default_sim=1), None, "sim_slot") == 1
    assert choose_sim(a_phone(default_sim=5), None, "sim_slot") == 0
    assert choose_sim(a_phone(sims=()), None, "sim_slot") is None


def test_an_empty_slot_is_refused_by_name_and_never_replaced_by_another_sim() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        choose_sim(a_phone(), 2, "sim_slot")
    assert refusal.value.fields[0].field == "sim_slot"
