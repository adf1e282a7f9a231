"""One look at a campaign: write the next pages of its recipients, make its lanes follow its state, see whether it is
over. Its state machine calls until it is done; whatever was cut short is done by the next look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from roost.domain.batches import MAX_LANES, Lane, LaneStatus
from roost.domain.campaigns import (
    LIFETIME,
    PAGE,
    Campaign,
    CampaignPage,
    CampaignStatus,
    moved,
    pause_before_next_look,
    why_nobody,
)
from roost.domain.errors import AccountSuspended, InsufficientCredits, NotInPlan, PlanLimitReached, TryLater
from roost.domain.instants import SECOND, rfc3339
from roost.domain.messages import Priority
from roost.domain.senders import Sender
from roost.domain.templates import places_of
from roost.runtime.deps import Deps
from roost.storage.campaigns import (
    CampaignChanged,
    campaign_write,
    change_campaign,
    get_campaign,
    page_write,
    work_write,
)
from roost.storage.conditional import ConditionFailed, Throttled
from roost.storage.transactions import WriteConflict, commit
from roost.usecases.campaign_audience import Audience, Recipient
from roost.usecases.campaign_events import tell_completed, tell_started
from roost.usecases.campaign_progress import OPEN, count_pages
from roost.usecases.follow_campaign import follow
from roost.usecases.send_batch import accept_batch
from roost.usecases.share_out import BatchItem, BatchSubmission

TIME_BUDGET = 12 * SECOND
"""Less than the function's time-out by one slow page."""

MOST_EXAMINED = 5_000
"""Contacts looked at for one page: a filter that matches few writes small pages."""

REFUSALS = (InsufficientCredits, PlanLimitReached, NotInPlan, AccountSuspended)
"""What the owner has to settle: the campaign pauses, says so, and goes on from there when it is resumed."""

DONE = {"done": True}


def run_campaign(deps: Deps, account: str, number: int, epoch: int) -> dict[str, Any]:
    """`{"done": True}`, or `{"done": False, "wait_until": RFC 3339}`. Nothing is done for an epoch that is over."""
    campaign = get_campaign(deps.contacts, account, number)
    if campaign is None or campaign.epoch != epoch:
        return DONE
    stop_at = deps.now() + TIME_BUDGET
    if campaign.status is CampaignStatus.RUNNING:
        return _run(deps, campaign, stop_at)
    return DONE if follow(deps, campaign, stop_at) is not None else _again(deps.now())


def _run(deps: Deps, campaign: Campaign, stop_at: int) -> dict[str, Any]:
    if campaign.page == 0:
        tell_started(deps, campaign)
    followed = follow(deps, campaign, stop_at)
    if followed is None:
        return _again(deps.now())
    campaign = followed
    while not campaign.complete:
        if deps.now() > stop_at:
            return _again(deps.now())
        try:
            campaign = _write_page(deps, campaign)
        except CampaignChanged:
            return _again(deps.now())
        except (ConditionFailed, Throttled, TryLater, WriteConflict):
            return _again(deps.now() + SECOND)
        except REFUSALS as refusal:
            _pause(deps, campaign, refusal.code)
            return DONE
    return _look(deps, campaign)


def _look(deps: Deps, campaign: Campaign) -> dict[str, Any]:
    """All recipients are written: count, and end it when nothing of it is open any more."""
    now = deps.now()
    counts = count_pages(deps, campaign, settle=True)
    after = replace(campaign, counts=counts, counted_at=now)
    is_over = not any(counts.get(state) for state in OPEN)
    if is_over:
        ended = moved(after, CampaignStatus.COMPLETED, now)
        after = replace(ended, epoch=campaign.epoch, stopped_by=why_nobody(campaign))
        tell_completed(deps, after)
    try:
        change_campaign(deps.contacts, campaign, after)
    except ConditionFailed:
        return _again(now)
    started_at = campaign.started_at if campaign.started_at is not None else now
    return DONE if is_over else _again(now + pause_before_next_look(started_at, now))


def _write_page(deps: Deps, campaign: Campaign) -> Campaign:
    """The next recipients become a batch in the same transaction in which the campaign counts them: whoever does this
    twice finds it done, and raises CampaignChanged."""
    audience = Audience(deps, campaign, campaign.after)
    groups = _next_groups(audience)
    ordered = [recipient for group in groups.values() for recipient in group]
    after = _counted(campaign, audience, len(ordered))
    if not ordered:
        commit(deps.contacts, campaign_write(deps.contacts, campaign, after))
        return replace(after, revision=campaign.revision + 1)
    is_shared = not places_of(campaign.template)
    wanted = BatchSubmission([BatchItem(recipient.number, recipient.text) for recipient in ordered], is_shared)

    def with_it(base: int) -> list[Any]:
        page = CampaignPage(after.page, base, len(ordered))
        return [campaign_write(deps.contacts, campaign, after), page_write(deps.contacts, campaign, page)]

    lanes = _lanes(deps, campaign, audience, groups, wanted)
    accept_batch(deps, Sender(campaign.account), wanted, lanes, with_it=with_it)
    return replace(after, revision=campaign.revision + 1)


def _next_groups(audience: Audience) -> dict[tuple[str, ...], list[Recipient]]:
    """Of one page, by the zones that decide when they may be reached."""
    groups: dict[tuple[str, ...], list[Recipient]] = {}
    for count, recipient in enumerate(audience.recipients(MOST_EXAMINED), start=1):
        groups.setdefault(recipient.zones, []).append(recipient)
        if count == PAGE or len(groups) == MAX_LANES:
            break
    return groups


def _counted(campaign: Campaign, audience: Audience, recipients: int) -> Campaign:
    """With one more page, unless nobody is on it; as it is written it needs no following."""
    names = {*campaign.excluded, *audience.excluded}
    pages = 1 if recipients else 0
    return replace(
        campaign,
        after=audience.after,
        complete=audience.ended,
        recipients=campaign.recipients + recipients,
        excluded={name: campaign.excluded.get(name, 0) + audience.excluded[name] for name in names},
        page=campaign.page + pages,
        followed=campaign.followed + pages,
    )


def _lanes(
    deps: Deps,
    campaign: Campaign,
    audience: Audience,
    groups: dict[tuple[str, ...], list[Recipient]],
    wanted: BatchSubmission,
) -> list[Lane]:
    """One lane for those who are reached at the same hours; whichever phone is free pulls from it."""
    now, start, lanes = deps.now(), 0, []
    for number, (zones, group) in enumerate(groups.items()):
        span = audience.span_of(group[0])
        lanes.append(
            Lane(
                account=campaign.account,
                base=0,
                number=number,
                start=start,
                step=1,
                count=len(group),
                status=LaneStatus.SCHEDULED if span.opens > now else LaneStatus.DISPATCHING,
                priority=Priority.BULK,
                accepted_at=now,
                due_at=max(span.opens, now),
                expires_at=now + LIFETIME,
                text=wanted.items[0].text if wanted.shared_text else None,
                campaign=campaign.id,
                closes_at=span.closes,
                zones=zones,
            )
        )
        start += len(group)
    return lanes


def _pause(deps: Deps, campaign: Campaign, reason: str) -> None:
    """Roost's own pause, under a new epoch: what is written already waits too."""
    paused = replace(moved(campaign, CampaignStatus.PAUSED, deps.now()), stopped_by=reason)
    try:
        commit(
            deps.contacts,
            campaign_write(deps.contacts, campaign, paused),
            work_write(deps.contacts, paused, deps.now()),
        )
    except (CampaignChanged, WriteConflict):
        return


def _again(at: int) -> dict[str, Any]:
    return {"done": False, "wait_until": rfc3339(at)}
