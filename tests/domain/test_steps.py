"""Numbers stored as steps come back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from roost.storage.steps import as_steps, from_steps


@given(st.lists(st.integers(0, 2**53)))
def test_what_is_stored_as_steps_is_read_as_it_was(numbers: list[int]) -> None:
    assert list(from_steps(as_steps(numbers))) == numbers


def test_what_is_close_together_is_stored_small() -> None:
    assert as_steps([393_649_295_556_388, 393_649_295_556_389, 393_649_295_556_392]) == [393_649_295_556_388, 1, 3]
