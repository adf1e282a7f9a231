"""What happened, to every location of HighLevel an account is mirrored with: written down as errands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from roost.domain.highlevel import COMPANY, Location, LocationStatus
from roost.domain.highlevel_errands import Errand, errands_of
from roost.domain.instants import SECOND, minute_of
from roost.runtime.deps import Deps, deps
from roost.storage.checks import Check, put_check
from roost.storage.highlevel import list_locations
from roost.storage.highlevel_errands import put_errands
from roost.storage.stream_records import Told

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = 5 * SECOND
"""How long a new location may go unnoticed. An account without one costs half a read unit so often."""

MOST_ACCOUNTS = 1_000


class KnownLocations:
    """Those an account is mirrored with, remembered for seconds; one per warm environment."""

    def __init__(self, table: Table, now: Callable[[], int]) -> None:
        self._table = table
        self._now = now
        self._kept: dict[str, tuple[int, list[Location]]] = {}

    def of(self, account: str) -> list[Location]:
        """Revoked ones too: what they are owed is kept for when they are connected again."""
        until, locations = self._kept.get(account, (0, []))
        if self._now() >= until:
            locations = [location for location in list_locations(self._table, account) if _is_owed(location)]
            if len(self._kept) >= MOST_ACCOUNTS:
                self._kept.clear()
            self._kept[account] = (self._now() + KEEP, locations)
        return locations


def _is_owed(location: Location) -> bool:
    return location.status is not LocationStatus.DISCONNECTED and not location.id.startswith(COMPANY)


@cache
def known_locations() -> KnownLocations:
    """The warm environment's one memory."""
    return KnownLocations(deps().highlevel, deps().now)


def owe_highlevel(deps: Deps, known: KnownLocations, told: Iterable[Told]) -> int:
    """How many errands were written. Told again, they are the same errands."""
    owed: dict[str, list[Errand]] = {}
    for said in told:
        if said.endpoint is None:
            owed.setdefault(said.account, []).extend(errands_of(said.events))
    written = 0
    for account, errands in owed.items():
        for location in known.of(account) if errands else ():
            owe(deps, location, errands)
            written += len(errands)
    return written


def owe(deps: Deps, location: Location, errands: Iterable[Errand]) -> None:
    """The table's stream has them run. First the check: should that be lost, the sweep looks at the location."""
    put_check(deps.devices, minute_of(deps.now()), Check(location.account, highlevel=location.id))
    put_errands(deps.highlevel, location, errands, deps.now())
