"""What will happen in a world, by simulated time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

Action = Callable[[], None]


@dataclass(order=True, slots=True)
class Entry:
    """Entries of one instant happen in the order they were made."""

    at_ms: int
    number: int
    action: Action = field(compare=False)


class Agenda:
    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._numbers = itertools.count()

    def add(self, at_ms: int, action: Action) -> None:
        heapq.heappush(self._entries, Entry(at_ms, next(self._numbers), action))

    def next_ms(self) -> int | None:
        return self._entries[0].at_ms if self._entries else None

    def take_due(self, now_ms: int) -> Action | None:
        """The first action whose time has come; it is taken off."""
        if not self._entries or self._entries[0].at_ms > now_ms:
            return None
        return heapq.heappop(self._entries).action

    def clear(self) -> None:
        self._entries.clear()
