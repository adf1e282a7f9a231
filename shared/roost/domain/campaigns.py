"""A campaign: one text to many contacts, each once, within hours; what it may do in which state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from roost.domain.audiences import ContactFilter, Excluded
from roost.domain.errors import InvalidRequest, RoostError
from roost.domain.instants import DAY, MINUTE, SECOND
from roost.domain.open_hours import Window

LONGEST_NAME = 100
LONGEST_TEMPLATE = 1_600
LIFETIME = 30 * DAY
"""What no phone took by then ends as expired."""

PAGE = 1_000
"""Recipients written at once: with texts of their own some 150 write units, far under a second."""


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELED = "canceled"
    COMPLETED = "completed"


S = CampaignStatus

MAY_BECOME: Mapping[CampaignStatus, frozenset[CampaignStatus]] = MappingProxyType(
    {
        S.DRAFT: frozenset({S.RUNNING, S.CANCELED}),
        S.RUNNING: frozenset({S.PAUSED, S.CANCELED, S.COMPLETED}),
        S.PAUSED: frozenset({S.RUNNING, S.CANCELED}),
        S.CANCELED: frozenset(),
        S.COMPLETED: frozenset(),
    }
)


class WrongState(RoostError):
    status, code, title = 409, "wrong_state", "Not possible in the present state of this campaign"


class EmptyAudience(RoostError):
    status, code, title = 409, "empty_audience", "Nobody would get this campaign"


class NotInTime(RoostError):
    status, code, title = 409, "not_in_time", "The phones cannot send this before it expires"


@dataclass(frozen=True, slots=True)
class Campaign:
    """`id`: a small integer of its account. `by_day`: also only from 8 to 21 o'clock where the recipient is.

    `epoch` counts every start, pause, resume and cancel, the last at `moved_at`: an execution of an earlier one has
    nothing to say.
    `page`: how many pages of recipients are written; `after`: the number up to which contacts were looked at;
    `complete`: all were. `recipients`: who gets it; `excluded`: how many do not, by reason.
    `counts`: messages by state when the run last looked, at `counted_at`; `stopped_by`: why Roost paused it itself,
    or why it ended without a recipient.
    `followed`: how many steps were done that make what is written follow its state.
    """

    account: str
    id: int
    name: str
    template: str
    created_at: int
    audience: ContactFilter = field(default_factory=ContactFilter)
    window: Window | None = None
    by_day: bool = True
    status: CampaignStatus = S.DRAFT
    epoch: int = 0
    moved_at: int = 0
    page: int = 0
    after: str | None = None
    complete: bool = False
    recipients: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    counted_at: int | None = None
    started_at: int | None = None
    completed_at: int | None = None
    stopped_by: str | None = None
    followed: int = 0
    revision: int = 1


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """Recipients written at once: the batch `base` of `count` messages. `counts`: by state, once nothing changes them
    any more; empty before."""

    number: int
    base: int
    count: int
    counts: Mapping[str, int] = field(default_factory=dict)


def described(campaign: Campaign, changes: Mapping[str, Any]) -> Campaign:
    """Raises WrongState: what is running or over is not edited; and InvalidRequest."""
    if campaign.status is not S.DRAFT:
        raise WrongState(f"Only a draft can be changed, and this campaign is {campaign.status}: make another one")
    after = replace(campaign, **changes)
    if not 1 <= len(after.name.strip()) <= LONGEST_NAME:
        raise InvalidRequest.of("name", f"must have 1 to {LONGEST_NAME} characters")
    if len(after.template) > LONGEST_TEMPLATE:
        raise InvalidRequest.of("template", f"must have at most {LONGEST_TEMPLATE} characters")
    return after


def moved(campaign: Campaign, status: CampaignStatus, now: int) -> Campaign:
    """In its next state, under a new epoch. Raises WrongState."""
    if status not in MAY_BECOME[campaign.status]:
        raise WrongState(REFUSALS.get((campaign.status, status), f"This campaign is {campaign.status}"))
    started_at = campaign.started_at or (now if status is S.RUNNING else None)
    ended_at = now if not MAY_BECOME[status] else None
    return replace(
        campaign,
        status=status,
        epoch=campaign.epoch + 1,
        moved_at=now,
        started_at=started_at,
        completed_at=ended_at,
        stopped_by=None,
        followed=0,
    )


REFUSALS: Mapping[tuple[CampaignStatus, CampaignStatus], str] = MappingProxyType(
    {
        (S.RUNNING, S.RUNNING): "This campaign was started before, and runs",
        (S.DRAFT, S.PAUSED): "This campaign was not started: there is nothing to pause",
        (S.COMPLETED, S.RUNNING): "This campaign is over: everybody got it once. Make another one",
        (S.CANCELED, S.RUNNING): "This campaign was canceled for good. Make another one",
    }
)


def why_nobody(campaign: Campaign) -> str | None:
    """Of one whose contacts were all looked at: why it has no recipient. None if it has."""
    if campaign.recipients:
        return None
    return str(Excluded.NEVER_OPEN) if campaign.excluded.keys() == {Excluded.NEVER_OPEN} else EmptyAudience.code


FIRST_LOOK, LONGEST_PAUSE = 30 * SECOND, 30 * MINUTE


def pause_before_next_look(started_at: int, now: int) -> int:
    """In ms: a tenth of its age. A day takes some 60 looks, and an execution its 25,000 events for a month."""
    return max(FIRST_LOOK, min(LONGEST_PAUSE, (now - started_at) // 10))
