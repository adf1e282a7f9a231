"""All stream pollers of the cloud together."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from dev.cloud.clients import Clients
from dev.cloud.stream_mapping import stream_mapping
from dev.cloud.stream_poller import StreamPoller

LOOK_SECONDS = 0.005


class Pollers:
    """Starts, drains and stops the pollers. Blocking calls: never from the engine's event loop."""

    def __init__(
        self, mappings: Mapping[str, Mapping[str, Any]], ids: Mapping[str, str], between_reads: float = 0.0
    ) -> None:
        """`mappings`: properties by logical id; `ids`: physical by logical id; `between_reads`: seconds, at least.

        Raises TemplateError.
        """
        found = [stream_mapping(name, properties, ids) for name, properties in mappings.items()]
        self._mappings = [mapping for mapping in found if mapping]
        self._between_reads = between_reads
        self._pollers: list[StreamPoller] = []

    def start(self, clients: Clients, stream_end: Callable[[str], int], tell: Callable[[str], None]) -> None:
        """Read every stream from its beginning. `stream_end`: how many records the stream of an ARN has had."""
        self._pollers = [
            StreamPoller(mapping, clients, stream_end, tell, self._between_reads) for mapping in self._mappings
        ]
        for poller in self._pollers:
            poller.start()

    def drain(self, seconds: float, cancelled: threading.Event | None = None) -> bool:
        """Wait until nothing is left to deliver; False when that took too long.

        Nothing is left when every poller found its stream empty after this call began, and no poller has called
        a function in between: a function may write to a table whose poller had already looked.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not (cancelled and cancelled.is_set()):
            began, invocations = time.monotonic(), self._invocations()
            if not self._all_found_nothing(began, deadline):
                return False
            if self._invocations() == invocations:
                return True
        return False

    def stop(self, seconds: float) -> None:
        """Stop all; waits for running invocations at most `seconds` altogether."""
        for poller in self._pollers:
            poller.stop()
        deadline = time.monotonic() + seconds
        for poller in self._pollers:
            poller.join(max(0.0, deadline - time.monotonic()))

    def describe(self) -> list[dict[str, Any]]:
        """State of every poller."""
        return [poller.describe() for poller in self._pollers]

    def _all_found_nothing(self, since: float, deadline: float) -> bool:
        for poller in self._pollers:
            while poller.empty_read_began < since:
                if time.monotonic() > deadline or not poller.is_alive():
                    return False
                poller.wake()
                time.sleep(LOOK_SECONDS)
        return True

    def _invocations(self) -> int:
        return sum(poller.state.invocations for poller in self._pollers)
