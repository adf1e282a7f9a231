"""What webhooks are told of a campaign; under ids that stay the same, because a look may be repeated."""

from __future__ import annotations

from roost.domain import ids
from roost.domain.campaigns import Campaign
from roost.domain.event_data import CampaignData
from roost.domain.instants import rfc3339
from roost.domain.webhooks import Event, EventType
from roost.runtime.deps import Deps
from roost.storage.event_outbox import put_event


def tell_started(deps: Deps, campaign: Campaign) -> None:
    """`recipients` is 0 while they are still being looked for."""
    _tell(deps, campaign, EventType.CAMPAIGN_STARTED, campaign.started_at, None, None)


def tell_completed(deps: Deps, campaign: Campaign) -> None:
    counts = campaign.counts
    sent = counts.get("sent", 0) + counts.get("delivered", 0)
    failed = sum(counts.get(name, 0) for name in ("failed", "expired", "opted_out", "unknown"))
    _tell(deps, campaign, EventType.CAMPAIGN_COMPLETED, campaign.completed_at, sent, failed)


def _tell(
    deps: Deps, campaign: Campaign, what: EventType, at: int | None, sent: int | None, failed: int | None
) -> None:
    instant = at if at is not None else deps.now()
    data = CampaignData(
        campaign_id=ids.spell("cmp", campaign.id),
        name=campaign.name,
        recipients=campaign.recipients,
        sent=sent,
        failed=failed,
        at=rfc3339(instant),
    )
    name = f"evt_{campaign.account}_{campaign.id}_{what.partition('.')[2]}"
    put_event(deps.messages, Event(name, what, campaign.account, instant, data.model_dump()), None, deps.now())
