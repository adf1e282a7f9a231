"""What a location is still to be told, and what follows from how HighLevel answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from roost.domain import ids
from roost.domain.deliveries import BUSY
from roost.domain.instants import DAY, HOUR, MINUTE, SECOND
from roost.domain.phone_numbers import as_e164
from roost.domain.webhooks import Event, EventType

E = EventType


class ErrandKind(StrEnum):
    """`received`: a text that came in; `state`: how far one of ours is; `contact`: compare who wants no messages."""

    RECEIVED = "received"
    STATE = "state"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Errand:
    """`id`: begins with its instant, so that errands sort by it. `number`: the contact's; errands of one number keep
    their order. `tries`: how often it was refused; `early`: how often it came too early; `due_at`: not before;
    `in_doubt`: a text was on its way once, and nothing is known of it."""

    id: str
    kind: ErrandKind
    number: str
    data: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    early: int = 0
    due_at: int = 0
    in_doubt: bool = False


KIND_OF: Mapping[EventType, ErrandKind] = {
    E.MESSAGE_RECEIVED: ErrandKind.RECEIVED,
    E.MESSAGE_SENT: ErrandKind.STATE,
    E.MESSAGE_DELIVERED: ErrandKind.STATE,
    E.MESSAGE_FAILED: ErrandKind.STATE,
    E.MESSAGE_EXPIRED: ErrandKind.STATE,
    E.MESSAGE_UNKNOWN: ErrandKind.STATE,
    E.CONTACT_OPTED_OUT: ErrandKind.CONTACT,
    E.CONTACT_OPTED_IN: ErrandKind.CONTACT,
}
"""What is mirrored. A text of ours appears when it has left, not while it may still be canceled."""


def errands_of(events: Iterable[Event]) -> list[Errand]:
    """Nothing for senders that are names or short codes: no contact of HighLevel can have such a number."""
    found = []
    for event in events:
        kind = KIND_OF.get(event.type)
        number = as_e164(_peer(event.data)) if kind is not None else None
        if kind is not None and number is not None:
            data = {} if kind is ErrandKind.CONTACT else _kept(event.data)
            found.append(Errand(f"{event.at:013d}#{event.id}", kind, number, data))
    return found


def contact_errand(number: str, at: int, name: str) -> Errand:
    """Look at a contact: it may have been changed over there. `name`: of what said so."""
    return Errand(f"{at:013d}#{name}", ErrandKind.CONTACT, number)


def refusal_errand(number: str, at: int, message_id: str, why: str) -> Errand:
    """A delivery that we took and cannot send. `message_id`: HighLevel's."""
    data = {"message_id": None, "their_id": message_id, "status": "failed", "why": why}
    return Errand(f"{at:013d}#refused#{message_id}", ErrandKind.STATE, number, data)


def _peer(data: Mapping[str, Any]) -> str:
    return str(data.get("to") or data.get("from") or data.get("phone") or "")


def _kept(data: Mapping[str, Any]) -> dict[str, Any]:
    error = data.get("error") or {}
    kept = {name: data[name] for name in ("message_id", "status", "body", "at")}
    kept["ours"] = ids.parse("msg", str(data["message_id"]))
    return kept | ({"why": str(error.get("reason", ""))} if error else {})


class Verdict(StrEnum):
    """What a failed try means."""

    SOON = "soon"
    """Not possible yet: this contact's errands wait some seconds, the others go on."""
    REFUSED = "refused"
    """About this errand alone: it is tried again later, then given up."""
    BUSY = "busy"
    """About the whole location: nothing is tried for a while."""


SOON_AFTER = (2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND, 30 * SECOND)
"""For the five to ten seconds in which HighLevel knows nothing yet of the message it has just delivered, or of the
conversation it has just made. The last repeats."""

MOST_EARLY = 8
"""After so many tries that window is no excuse any more."""

REFUSED_AFTER = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY)
"""The pause after an errand was refused once, twice, … The last repeats."""

MOST_TRIES = 8
"""Then an errand is given up and listed: three days in which its cause could be set right."""


def verdict_of(status: int | None, early: int, tries: int, *, may_be_early: bool) -> Verdict:
    """`status`: of HighLevel's answer, None without one. `may_be_early`: 403 and 404 may only mean that HighLevel is
    not ready yet, and 401, which it once answered in place of 403. `early`, `tries`: so far, of this errand."""
    if status is None or (tries < BUSY_TRIES and (status >= 500 or status in BUSY)):
        return Verdict.BUSY
    if may_be_early and status in (401, 403, 404) and early < MOST_EARLY:
        return Verdict.SOON
    return Verdict.REFUSED


def soon_after(early: int) -> int:
    """ms to wait when an errand came too early for the `early`-th time."""
    return SOON_AFTER[min(early, len(SOON_AFTER)) - 1]


def refused_after(tries: int) -> int:
    """ms to wait when an errand was refused for the `tries`-th time."""
    return REFUSED_AFTER[min(tries, len(REFUSED_AFTER)) - 1]


BUSY_TRIES = 3
"""An errand at which HighLevel breaks every time is the errand's trouble: after these the others go on without it."""

LONGEST_BUSY = 30 * MINUTE
"""HighLevel is one service, not a stranger's server that may be gone: it is asked again soon enough."""
