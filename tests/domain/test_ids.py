"""One id, every spelling."""

from hypothesis import given
from hypothesis import strategies as st

from roost.domain import ids

instants = st.integers(min_value=ids.EPOCH_2024, max_value=ids.EPOCH_2024 + (1 << 41) - 1)
serials = st.integers(min_value=0, max_value=255)
shards = st.integers(min_value=0, max_value=15)


@given(instants, serials, shards)
def test_an_id_is_a_safe_json_number_and_tells_its_time_and_shard(at: int, serial: int, shard: int) -> None:
    number = ids.message_id(at, serial, shard)
    assert 0 <= number < 2**53
    assert (ids.created_at(number), ids.shard_of(number)) == (at, shard)


@given(instants, instants, serials, serials)
def test_later_ids_are_larger(one: int, other: int, serial: int, other_serial: int) -> None:
    if one < other:
        assert ids.message_id(one, serial) < ids.message_id(other, other_serial)


@given(st.integers(min_value=0, max_value=2**53 - 1))
def test_every_spelling_reads_back_to_the_same_number(number: int) -> None:
    for spelling in (ids.spell("msg", number), ids.spell_hex(number), str(number)):
        assert ids.parse("msg", spelling) == number


@given(st.text(max_size=30))
def test_reading_an_id_never_raises_and_never_leaves_the_range(text: str) -> None:
    number = ids.parse("msg", text)
    assert number is None or 0 <= number < 2**53


def test_another_kind_of_id_is_not_taken() -> None:
    assert ids.parse("msg", "phn_1") is None
    assert ids.parse("phn", "msg_1") is None
    assert ids.parse("msg", "msg_9999999999999999") is None, "above 2^53"
