"""A location of HighLevel (a "sub-account") that an account of ours is mirrored with, and what may go wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roost.domain.errors import RoostError
from roost.domain.instants import MINUTE


class LocationStatus(StrEnum):
    """`revoked`: HighLevel takes our tokens no more; `disconnected`: its owner turned it off here. Both keep what the
    location is owed, for 30 days, for when it is connected again."""

    CONNECTED = "connected"
    REVOKED = "revoked"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What HighLevel refused: `doing` is one of ours, `answer` the beginning of theirs, without anything private."""

    at: int
    doing: str
    status: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Location:
    """One installation. Tokens are sealed texts. An agency's location borrows its tokens from `company`.

    `tokens`: counts renewals; `renewing_until`: somebody is at one. `lease_until`: somebody works off what is owed.
    `outage_at`: since when an execution waits for `retry_at`; `busy_until`: nothing is tried before, after so many
    `failures` in a row.
    `recent_calls`: the instants of those that count against HighLevel's ten seconds; `day_at`, `day_calls`: its day.
    """

    account: str
    id: str
    status: LocationStatus
    connected_at: int
    company: str | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    expires_at: int = 0
    tokens: int = 0
    renewing_until: int = 0
    lease_until: int = 0
    outage_at: int | None = None
    retry_at: int | None = None
    busy_until: int = 0
    failures: int = 0
    recent_calls: tuple[int, ...] = ()
    day_at: int = 0
    day_calls: int = 0
    ended_at: int | None = None
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_connected(self) -> bool:
        return self.status is LocationStatus.CONNECTED


COMPANY = "company:"
"""Before the id of an agency: its tokens are kept like a location's, but nothing is mirrored with it."""

EXPIRES_EARLY = MINUTE
"""A token that ends within the next call is renewed before it."""

MOST_TROUBLES = 10
SHOWN_OF_ANSWER = 200


def with_trouble(troubles: tuple[Trouble, ...], trouble: Trouble) -> tuple[Trouble, ...]:
    """The newest ten, newest first."""
    return (trouble, *troubles)[:MOST_TROUBLES]


class LocationTaken(RoostError):
    status, code, title = 409, "location_taken", "This location is connected to another account: disconnect it there"


class NotSetUp(RoostError):
    status, code, title = 404, "highlevel_not_set_up", "HighLevel is not set up on this server"


class ConnectFailed(RoostError):
    status, code, title = 502, "connect_failed", "HighLevel did not let us in: connect again"


class ConnectNotOurs(RoostError):
    status, code, title = 403, "connect_not_ours", "This connection was not begun on this page: press Connect again"


class SignatureRefused(RoostError):
    status, code, title = 401, "signature_refused", "The signature is missing, wrong or too old"


class CannotAcceptNow(RoostError):
    """HighLevel repeats a delivery only after this status: up to six times, ten minutes apart (help article
    155000007071)."""

    status, code, title = 429, "cannot_accept_now", "Not now: send the same delivery again"


STATUS_THERE: Mapping[str, str] = {
    "sent": "pending",
    "delivered": "delivered",
    "failed": "failed",
    "expired": "failed",
    "canceled": "failed",
    "unknown": "failed",
}
"""HighLevel's word for each of ours that it is told. It has none for what only the carrier's report decides."""

WHY_FAILED: Mapping[str, str] = {
    "expired": "Its time ran out before a phone could send it",
    "canceled": "It was canceled",
    "unknown": "The phone fell silent while it sent this: it may have been sent, ask before you send it again",
}
