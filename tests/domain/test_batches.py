"""Ids by arithmetic, parts by rule, senders by selection."""

from hypothesis import given
from hypothesis import strategies as st

from roost.domain import ids
from roost.domain.batches import BATCH_SHARD, CHUNK_SERIAL, guided_size, id_at, index_of, is_of_batch
from roost.domain.expected import expected_slots
from roost.domain.pacing import Pacing
from tests.domain.builders import NOW, a_phone

BASE = ids.message_id(NOW, 0, BATCH_SHARD)


@given(st.integers(0, 1_000_000))
def test_the_place_of_a_message_in_its_batch_follows_from_its_id(index: int) -> None:
    message = id_at(BASE, index)
    assert index_of(BASE, message) == index
    assert is_of_batch(message)
    assert message < message | CHUNK_SERIAL < id_at(BASE, index + 40)


def test_ids_of_a_batch_grow_and_never_meet_those_of_single_messages() -> None:
    found = [id_at(BASE, index) for index in range(1_000)]
    assert found == sorted(set(found))
    assert not is_of_batch(ids.message_id(NOW, 3))


@given(st.integers(1, 10_000), st.integers(0, 500))
def test_a_guided_part_is_one_to_ten_and_never_more_than_its_share(remaining: int, phones: int) -> None:
    size = guided_size(remaining, phones)
    assert 1 <= size <= 10
    assert size <= max(1, -(-remaining // (2 * max(1, phones))))


def test_slots_of_several_phones_come_in_turn_and_stop_at_the_cap() -> None:
    careful = Pacing(gap_seconds=60, daily_cap=2, warm_up=False)
    phones = [a_phone(number=1, pacing=careful), a_phone(number=2, pacing=careful)]
    slots = expected_slots(phones, NOW, 5)
    assert slots[:4] == [NOW, NOW, NOW + 60_000, NOW + 60_000]
    assert slots[4] > NOW + 3_600_000
    assert expected_slots([], NOW, 5) == []
