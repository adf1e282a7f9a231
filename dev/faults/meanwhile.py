"""What happens while a function is between two of its writes: something whole, or it halts until it is let go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from dev.faults.storage import StorageFaults, WriteFault

Work = Callable[[], object]


class Meanwhile:
    """Only one thread ever runs: whoever starts another waits until that one ends or halts."""

    def __init__(self, storage: StorageFaults) -> None:
        self._storage = storage
        self._stalled: list[Stalled] = []

    def plant(self, fault: WriteFault, work: Work) -> None:
        """`work` runs whole when the fault strikes, as a second Lambda beside the one that waits."""
        fault.in_between = lambda: _in_a_thread(work).join()
        self._storage.faults.append(fault)

    def stall(self, fault: WriteFault, work: Work) -> None:
        """Start `work` and leave it where the fault strikes, until `go_on`; meanwhile the world goes on without it."""
        stalled = Stalled()
        fault.in_between = stalled.halt
        self._storage.faults.append(fault)
        stalled.start(work)
        self._stalled.append(stalled)

    def go_on(self) -> None:
        """Everything that is stalled runs to its end."""
        while self._stalled:
            self._stalled.pop(0).finish()


class Stalled:
    def __init__(self) -> None:
        self._halted = threading.Event()
        self._goes_on = threading.Event()
        self._thread: threading.Thread | None = None

    def halt(self) -> None:
        self._halted.set()
        self._goes_on.wait()

    def start(self, work: Work) -> None:
        def until_the_end() -> None:
            try:
                work()
            finally:
                self._halted.set()

        self._thread = _in_a_thread(until_the_end)
        self._halted.wait()

    def finish(self) -> None:
        self._goes_on.set()
        if self._thread is not None:
            self._thread.join()


def _in_a_thread(work: Work) -> threading.Thread:
    """Mangum's event loop cannot be entered twice."""

    def run() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        try:
            work()
        finally:
            asyncio.get_event_loop().close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
