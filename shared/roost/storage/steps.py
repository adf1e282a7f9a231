"""Numbers close to each other, as the first and the steps between them: of a batch's ids a byte or two instead of nine.

The item of a phone is written with each claim, and beyond a kilobyte each write costs another unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise


def as_steps(numbers: Sequence[int]) -> list[int]:
    return [*numbers[:1], *(after - before for before, after in pairwise(numbers))]


def from_steps(steps: Iterable[int]) -> tuple[int, ...]:
    return tuple(accumulate(steps))
