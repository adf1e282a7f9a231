"""Campaigns as `/v1` shows them, and their parts as it takes them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from roost.dialects.eightms.contact_view import parsed_list
from roost.dialects.eightms.router import Strict
from roost.domain import ids
from roost.domain.audiences import ContactFilter
from roost.domain.campaigns import Campaign, CampaignStatus
from roost.domain.instants import rfc3339
from roost.domain.open_hours import EVERY_DAY, Window
from roost.usecases.preview_campaign import Preview


class FilterModel(Strict):
    """Contacts that meet all of it. Who answered STOP, and who left the list, is never among them."""

    tags: list[str] = Field(default_factory=list, description="All of these")
    any_tags: list[str] = Field(default_factory=list, description="At least one of these")
    list_id: str | None = Field(default=None, examples=["lst_1"])
    fields: dict[str, str] = Field(default_factory=dict, description="Own fields with these values")
    search: str | None = Field(default=None, description="Part of number, name or e-mail")
    exclude_dnc: bool = Field(default=True, description="Always true: who answered STOP gets nothing")


class WindowModel(Strict):
    """Local times. `timezone` left out: the recipient's own clock. `end` before `start`: over midnight."""

    start: str = Field(examples=["09:00"], pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    end: str = Field(examples=["18:00"], pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    timezone: str | None = Field(default=None, examples=["Europe/Madrid"])
    days: list[int] = Field(default_factory=lambda: list(EVERY_DAY), description="1 is Monday, 7 is Sunday")


class CampaignView(BaseModel):
    """`counts`: messages by state (`waiting`, `sending`, `sent`, `delivered`, `failed`, `opted_out`, `canceled`,
    `expired`, `unknown`) at `counted_at`. `excluded`: contacts in the audience that get none, by reason. `recipients`
    and `excluded` grow until `all_written`. `stopped_by`: why it paused by itself, or reached nobody.
    `finishes_at`: when the phones can be through at the earliest. `in_time` false: what is left cannot all be sent
    before it expires, 30 days after it was written; null unless it runs."""

    id: str = Field(examples=["cmp_1"])
    name: str
    template: str
    contact_filter: FilterModel
    send_window: WindowModel | None
    recipient_hours: bool
    status: CampaignStatus
    stopped_by: str | None
    recipients: int
    all_written: bool
    excluded: dict[str, int]
    counts: dict[str, int]
    counted_at: str | None
    finishes_at: str | None
    in_time: bool | None
    created_at: str
    started_at: str | None
    completed_at: str | None


class ExampleView(BaseModel):
    to: str
    body: str


class PreviewView(BaseModel):
    """`exact` false: the audience is large, and this is its first part. `finishes_at`: not before. `in_time` false: the
    phones need longer than the 30 days after which what is not sent expires, and a start is refused."""

    exact: bool
    examined: int
    recipients: int
    segments: int
    excluded: dict[str, int]
    examples: list[ExampleView]
    opens_at: str | None
    finishes_at: str | None
    in_time: bool


def filter_of(model: FilterModel) -> ContactFilter:
    list_id = parsed_list(model.list_id) if model.list_id is not None else None
    return ContactFilter(
        list_id=list_id,
        subscribed=True if list_id is not None else None,
        tags=frozenset(model.tags),
        any_tags=frozenset(model.any_tags),
        fields=model.fields,
        search=model.search or None,
    )


def window_of(model: WindowModel) -> Window:
    return Window(model.start, model.end, model.timezone, tuple(sorted(set(model.days))))


def campaign_view(campaign: Campaign, finishes_at: int | None = None, in_time: bool | None = None) -> CampaignView:
    return CampaignView(
        id=ids.spell("cmp", campaign.id),
        name=campaign.name,
        template=campaign.template,
        contact_filter=_filter_model(campaign.audience),
        send_window=_window_model(campaign.window) if campaign.window else None,
        recipient_hours=campaign.by_day,
        status=campaign.status,
        stopped_by=campaign.stopped_by,
        recipients=campaign.recipients,
        all_written=campaign.complete,
        excluded=dict(campaign.excluded),
        counts=dict(campaign.counts),
        counted_at=_instant(campaign.counted_at),
        finishes_at=_instant(finishes_at),
        in_time=in_time,
        created_at=rfc3339(campaign.created_at),
        started_at=_instant(campaign.started_at),
        completed_at=_instant(campaign.completed_at),
    )


def preview_view(preview: Preview) -> PreviewView:
    return PreviewView(
        exact=preview.exact,
        examined=preview.examined,
        recipients=preview.recipients,
        segments=preview.segments,
        excluded=dict(preview.excluded),
        examples=[ExampleView(to=number, body=text) for number, text in preview.examples],
        opens_at=_instant(preview.opens_at),
        finishes_at=_instant(preview.finishes_at),
        in_time=preview.in_time,
    )


def _filter_model(audience: ContactFilter) -> FilterModel:
    return FilterModel(
        tags=sorted(audience.tags),
        any_tags=sorted(audience.any_tags),
        list_id=ids.spell("lst", audience.list_id) if audience.list_id is not None else None,
        fields=dict(audience.fields),
        search=audience.search,
    )


def _window_model(window: Window) -> WindowModel:
    return WindowModel(start=window.start, end=window.end, timezone=window.timezone, days=list(window.days))


def _instant(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None
