"""The server of a campaign benchmark, in a process of its own that is killed in the middle of its work."""

from __future__ import annotations

import multiprocessing
import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import httpx

from dev.lambda_transport import LambdaTransport, invoke
from dev.write_units import count_writes
from roost.domain.batches import Lane, LaneStatus
from roost.domain.instants import minute_of
from roost.runtime import deps as runtime_deps
from roost.runtime.deps import deps
from roost.runtime.log import logger
from roost.storage.batches import lanes_of
from roost.storage.campaigns import pages_of
from roost.usecases.close_lanes import settle_batch
from roost.usecases.dispatch_lanes import ChangedLane, dispatch_lanes
from roost.usecases.release_scheduled import release_minute


class ServerDied(Exception):
    """Killed in the middle of a call: what it had done by then nobody knows."""


@dataclass(slots=True)
class Server:
    """Calls run at the instant they name. `kill_after`: seconds into the next call at which the process gets SIGKILL.

    `units`: write units by operation; those of calls that were cut short are lost with them.
    """

    units: Counter[str] = field(default_factory=Counter)
    last_units: float = 0
    kills: int = 0
    kill_after: float | None = None
    _process: Any = None
    _pipe: Connection | None = None

    def call(self, name: str, now: int, **arguments: Any) -> Any:
        """Raises ServerDied; the next call finds a new process."""
        pipe = self._started()
        pipe.send((name, now, arguments))
        if self.kill_after is not None and not pipe.poll(self.kill_after):
            self._process.kill()
        self.kill_after = None
        try:
            answer, units = pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            self._pipe, self.kills = None, self.kills + 1
            raise ServerDied from None
        self.units.update(units)
        self.last_units = sum(units.values())
        return answer

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def _started(self) -> Connection:
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(pipe: Connection) -> None:
    clock = {"now": 0}
    runtime_deps.wall_clock = lambda: clock["now"]
    logger().setLevel("CRITICAL")
    units = count_writes(deps())
    doing: dict[str, Callable[..., Any]] = {
        "http": _http,
        "handler": _handler,
        "minute": _minute,
        "megabytes": _megabytes,
    }
    while True:
        try:
            name, clock["now"], arguments = pipe.recv()
        except EOFError:
            return
        units.clear()
        answer = doing[name](**arguments)
        pipe.send((answer, dict(units)))


def _megabytes() -> int:
    """The most this process ever had, whatever it served."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024


def _http(method: str, path: str, headers: dict[str, str], json: Any) -> tuple[int, Any]:
    with httpx.Client(base_url="https://roost.example", headers=headers, transport=LambdaTransport()) as http:
        answer = http.request(method, path, json=json)
    return answer.status_code, answer.json() if answer.content else None


def _handler(function: str, event: dict[str, Any]) -> Any:
    return invoke(function, event)


def _minute(account: str, campaign: int) -> None:
    """What the sweep, the releases and the stream do in this minute for the lanes of a campaign."""
    found = deps()
    unsettled = [page.base for page in pages_of(found.contacts, account, campaign) if not page.counts]
    for base in unsettled:
        settle_batch(found, account, base)
        for lane in lanes_of(found.messages, account, base):
            if lane.status is LaneStatus.SCHEDULED and lane.due_at <= found.now():
                release_minute(found, account, minute_of(lane.due_at))
    lanes = [lane for base in unsettled for lane in lanes_of(found.messages, account, base)]
    new = {(lane.base, lane.number, lane.revision): lane for lane in lanes if lane.status is LaneStatus.DISPATCHING}
    for key in sorted(new.keys() - TOLD):
        dispatch_lanes(found, None, [_record_of(new[key])])
    TOLD.update(new)


TOLD: set[tuple[int, int, int]] = set()
"""Records that the stream has brought; it brings them again to a process that begins anew."""


def _record_of(lane: Lane) -> ChangedLane:
    return ChangedLane(
        place="1",
        account=lane.account,
        batch=lane.base,
        status=lane.status,
        priority=lane.priority,
        due_at=lane.due_at,
        expires_at=lane.leaves_until,
        left=lane.left,
        phone=lane.phone,
    )
