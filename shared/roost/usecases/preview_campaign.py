"""What starting a campaign would do: who gets it, who does not and why, what it takes, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roost.domain.campaigns import LIFETIME, Campaign
from roost.domain.instants import SECOND
from roost.domain.open_hours import Span
from roost.runtime.deps import Deps
from roost.usecases.campaign_audience import Audience
from roost.usecases.campaign_progress import finishing_time

TIME_BUDGET = 15 * SECOND
MOST_EXAMINED = 500_000
"""Of which few match: who matches is asked about STOP and takes longer."""

MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """`exact`: all contacts were looked at; otherwise the counts are of the first `examined`. `opens_at`: when the
    first may be reached. `finishes_at`: not before; None without phones, or beyond 64 days. `in_time`: that is before
    what is not sent expires. Instants in ms."""

    exact: bool
    examined: int
    recipients: int
    segments: int
    excluded: Mapping[str, int]
    examples: tuple[tuple[str, str], ...]
    opens_at: int | None
    finishes_at: int | None
    in_time: bool


def preview_campaign(deps: Deps, campaign: Campaign) -> Preview:
    """Writes nothing. Examples are (number, text)."""
    audience, stop_at = Audience(deps, campaign), deps.now() + TIME_BUDGET
    recipients = segments = 0
    examples: list[tuple[str, str]] = []
    spans: dict[tuple[str, ...], Span] = {}
    for recipient in audience.recipients(MOST_EXAMINED, stop_at):
        recipients += 1
        segments += recipient.segments
        spans[recipient.zones] = audience.span_of(recipient)
        if len(examples) < MOST_EXAMPLES:
            examples.append((recipient.number, recipient.text))
    opens_at = min((span.opens for span in spans.values()), default=None)
    finishes_at = finishing_time(deps, campaign, recipients, spans) if recipients else None
    return Preview(
        exact=audience.ended,
        examined=audience.examined,
        recipients=recipients,
        segments=segments,
        excluded=dict(audience.excluded),
        examples=tuple(examples),
        opens_at=opens_at,
        finishes_at=finishes_at,
        in_time=not recipients or (finishes_at is not None and finishes_at < deps.now() + LIFETIME),
    )
