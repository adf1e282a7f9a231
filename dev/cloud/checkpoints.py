"""When the journal is folded into a snapshot, and which of its files may then go."""

import asyncio
from collections.abc import Callable

from dev.cloud.journal import Journal
from dev.cloud.messages import tell
from dev.cloud.persistence import DurableItems, SnapshotError
from dev.cloud.pollers import Pollers

LOOK_SECONDS = 1.0
DRAIN_SECONDS = 5.0


class Checkpoints:
    """Snapshots of the state. Each stalls the engine while it copies: 0.9 s with 50,000 items."""

    def __init__(self, items: DurableItems, journal: Journal, limit_bytes: int) -> None:
        self._items = items
        self._journal = journal
        self._limit = limit_bytes
        self._next = limit_bytes

    async def take(self, streams_are_read: Callable[[], bool]) -> None:
        """Write a snapshot, then drop the journal files before it.

        Stream records are in no snapshot, only a replayed journal brings them back: the files stay unless
        `streams_are_read` (called in a thread, after the snapshot) says that every poller has read past them.
        """
        try:
            superfluous = await self._items.snapshot()
        except SnapshotError as error:
            tell(f"warning: {error}. Nothing is lost: the journal has every change")
            return
        if await asyncio.to_thread(streams_are_read):
            self._journal.discard(superfluous)

    async def keep_short(self, pollers: Pollers) -> None:
        """Take a snapshot whenever the journal has grown long; runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._journal.size > self._next:
                await self.take(lambda: pollers.drain(DRAIN_SECONDS))
                # a function that keeps failing keeps the files: do not copy everything every few seconds for it
                self._next = self._journal.size + self._limit
