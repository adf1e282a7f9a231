"""How far a campaign is, counted from what is stored: no message pays a write for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from roost.domain import ids
from roost.domain.batches import CLOSED, Lane
from roost.domain.campaigns import LIFETIME, Campaign, CampaignPage, CampaignStatus
from roost.domain.errors import RecipientOptedOut
from roost.domain.finishing import LONGEST, Sending, finishes_at
from roost.domain.messages import HELD, MessageStatus
from roost.domain.open_hours import open_spans
from roost.runtime.deps import Deps
from roost.storage.batches import lanes_of
from roost.storage.campaigns import pages_of, settle_page
from roost.storage.message_states import states_of_batch
from roost.storage.phones import list_phones

S = MessageStatus

WAITING, SENDING, OPTED_OUT = "waiting", "sending", "opted_out"
OPEN = (WAITING, SENDING)
CHANGES_NO_MORE = frozenset({S.DELIVERED.value, S.FAILED.value, S.CANCELED.value, S.EXPIRED.value, OPTED_OUT})

MOST_LIVE_PAGES = 20
"""Counted while somebody waits: 20,000 messages, some 1,300 read units. Of more, what the run counted last is shown."""


def progress_of(deps: Deps, campaign: Campaign) -> Campaign:
    """The campaign with its counts as they are now, or as they were at `counted_at` if that would take too long."""
    if campaign.status is CampaignStatus.DRAFT:
        return campaign
    pages = pages_of(deps.contacts, campaign.account, campaign.id)
    if sum(not page.counts for page in pages) > MOST_LIVE_PAGES:
        # Before the first count all is being written still.
        return campaign if campaign.counted_at is not None else replace(campaign, counts={WAITING: campaign.recipients})
    return replace(campaign, counts=_sum_of(deps, campaign, pages, settle=False), counted_at=deps.now())


def count_pages(deps: Deps, campaign: Campaign, *, settle: bool) -> dict[str, int]:
    """Messages by state: `waiting`, `sending`, `sent`, `delivered`, `failed`, `opted_out`, `canceled`, `expired`,
    `unknown`. `settle`: pages that will not change are not read again."""
    return _sum_of(deps, campaign, pages_of(deps.contacts, campaign.account, campaign.id), settle=settle)


def _sum_of(deps: Deps, campaign: Campaign, pages: list[CampaignPage], *, settle: bool) -> dict[str, int]:
    total: Counter[str] = Counter()
    for page in pages:
        counts = page.counts or _count(deps, campaign.account, page)
        total.update(counts)
        if settle and not page.counts and counts.keys() <= CHANGES_NO_MORE:
            settle_page(deps.contacts, campaign.account, campaign.id, replace(page, counts=counts))
    return dict(total)


def _count(deps: Deps, account: str, page: CampaignPage) -> dict[str, int]:
    lanes = lanes_of(deps.messages, account, page.base, consistent=False)
    if all(_is_untouched(lane) for lane in lanes):
        return {WAITING: page.count}
    counts: Counter[str] = Counter()
    for status, error in states_of_batch(deps.messages, account, page.base, page.count):
        counts[_counted_as(status, error)] += 1
    unwritten = page.count - counts.total()
    for lane in lanes:
        if lane.status in CLOSED:  # the sweep writes them out, some hundreds a minute
            ended = min(lane.left, unwritten)
            counts[CLOSED[lane.status].value] += ended
            unwritten -= ended
    counts[WAITING] += unwritten
    return {name: count for name, count in counts.items() if count}


def _is_untouched(lane: Lane) -> bool:
    return lane.cursor == 0 and lane.closed_at is None


def _counted_as(status: MessageStatus, error: str | None) -> str:
    if error == RecipientOptedOut.code:
        return OPTED_OUT
    if status in HELD:
        return SENDING
    if status in (S.SCHEDULED, S.QUEUED, S.DISPATCHING):
        return WAITING
    return S.FAILED.value if status is S.UNDELIVERED else status.value


def finishing_time(
    deps: Deps, campaign: Campaign, left: int, groups: Iterable[tuple[str, ...]] | None = None
) -> int | None:
    """When the account's phones could have sent so many more, by their pacing and quiet hours, while somebody may be
    reached; None without phones, or beyond 64 days. `groups`: the zones of the recipients; None: not known, and only a
    window with a time zone of its own counts."""
    now, window, by_day = deps.now(), campaign.window, campaign.by_day
    if groups is None:
        groups, by_day = ((),), False
        window = window if window is not None and window.timezone is not None else None
    phones, _ = list_phones(deps.devices, campaign.account)
    able = (Sending(phone.pacing, phone.booked, phone.paired_at) for phone in phones if phone.may_send)
    return finishes_at(able, left, now, open_spans(window, groups, now, now + LONGEST, by_day=by_day))


def is_in_time(deps: Deps, campaign: Campaign, finishes_at: int | None) -> bool:
    """Whether what is left of a campaign can be sent before the first of it expires. Time spent paused counts."""
    if not left_of(campaign.counts):
        return True
    pages = pages_of(deps.contacts, campaign.account, campaign.id)
    oldest = min((ids.created_at(page.base) for page in pages if not page.counts), default=deps.now())
    return finishes_at is not None and finishes_at < oldest + LIFETIME


def left_of(counts: Mapping[str, int]) -> int:
    return sum(counts.get(state, 0) for state in OPEN)
