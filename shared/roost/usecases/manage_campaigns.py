"""Campaigns as their owner handles them. What takes longer than a request is done by the campaign's machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import available_timezones

from roost.domain.campaigns import Campaign, CampaignStatus, WrongState, described, moved
from roost.domain.errors import InvalidRequest, NotFound, TryLater
from roost.domain.instants import minute_of
from roost.domain.open_hours import checked_window
from roost.domain.templates import parsed_template
from roost.runtime.deps import Deps
from roost.storage.campaigns import (
    CampaignChanged,
    campaign_write,
    campaigns_before,
    change_campaign,
    delete_campaign,
    get_campaign,
    next_campaign_id,
    put_campaign,
    work_write,
)
from roost.storage.checks import Check, put_check
from roost.storage.conditional import ConditionFailed
from roost.storage.contact_fields import field_names
from roost.storage.contact_lists import get_list
from roost.storage.transactions import WriteConflict, commit
from roost.usecases.check_start import check_start

TRIES = 8
S = CampaignStatus


def create_campaign(deps: Deps, account: str, wanted: Mapping[str, Any]) -> Campaign:
    """`wanted`: members of Campaign. Raises InvalidRequest and NotFound (a list)."""
    draft = Campaign(account, 0, wanted["name"], wanted["template"], deps.now())
    campaign = _checked(deps, described(draft, wanted))
    made = described(campaign, {"id": next_campaign_id(deps.contacts, account)})
    put_campaign(deps.contacts, made)
    return made


def find_campaign(deps: Deps, account: str, campaign: int | None) -> Campaign:
    """Raises NotFound."""
    found = get_campaign(deps.contacts, account, campaign) if campaign is not None else None
    if found is None:
        raise NotFound("No such campaign")
    return found


def list_campaigns(deps: Deps, account: str, limit: int, before: int | None) -> tuple[list[Campaign], int | None]:
    """The newest first, and the id to go on behind; None at the end."""
    page = campaigns_before(deps.contacts, account, before, limit)
    return page, page[-1].id if len(page) == limit and page[-1].id > 1 else None


def change_draft(deps: Deps, account: str, campaign: int | None, changes: Mapping[str, Any]) -> Campaign:
    """Raises NotFound, WrongState once it was started, InvalidRequest, TryLater."""
    before = find_campaign(deps, account, campaign)
    after = _checked(deps, described(before, changes))
    try:
        change_campaign(deps.contacts, before, after)
    except ConditionFailed:
        raise TryLater from None
    return after


def remove_draft(deps: Deps, account: str, campaign: int | None) -> None:
    """Raises NotFound, WrongState once it was started, TryLater."""
    found = find_campaign(deps, account, campaign)
    if found.status is not S.DRAFT:
        raise WrongState("Only a draft can be deleted: cancel a campaign that was started")
    try:
        delete_campaign(deps.contacts, found)
    except ConditionFailed:
        raise TryLater from None


def start_campaign(deps: Deps, account: str, campaign: int | None) -> Campaign:
    """Raises NotFound, WrongState, EmptyAudience, NotInTime, NoEligiblePhone, InvalidRequest, TryLater."""

    def check(draft: Campaign) -> None:
        if draft.status is S.PAUSED:
            raise WrongState("This campaign is paused: resume it")
        moved(draft, S.RUNNING, deps.now())  # refused before anybody is looked for
        check_start(deps, _checked(deps, draft))

    return _move(deps, account, campaign, S.RUNNING, check)


def pause_campaign(deps: Deps, account: str, campaign: int | None) -> Campaign:
    """From here on no phone takes anything of it. What phones hold already still leaves, ten messages each at most."""
    return _move(deps, account, campaign, S.PAUSED)


def resume_campaign(deps: Deps, account: str, campaign: int | None) -> Campaign:
    def check(paused: Campaign) -> None:
        if paused.status is S.DRAFT:
            raise WrongState("This campaign was not started: start it")

    return _move(deps, account, campaign, S.RUNNING, check)


def cancel_campaign(deps: Deps, account: str, campaign: int | None) -> Campaign:
    """For good: what no phone holds ends as canceled, and phones are asked to drop what they hold."""
    return _move(deps, account, campaign, S.CANCELED)


def _move(
    deps: Deps,
    account: str,
    number: int | None,
    status: CampaignStatus,
    check: Callable[[Campaign], None] = lambda _: None,
) -> Campaign:
    """The state and what has the machine started are one write. The sweep looks too, should its record be lost."""
    for _ in range(TRIES):
        before = find_campaign(deps, account, number)
        check(before)
        after = moved(before, status, deps.now())
        put_check(deps.devices, minute_of(deps.now()), Check(account, campaign=after.id))
        try:
            commit(
                deps.contacts,
                campaign_write(deps.contacts, before, after),
                work_write(deps.contacts, after, deps.now()),
            )
        except (CampaignChanged, WriteConflict):
            continue
        return after
    raise TryLater


def _checked(deps: Deps, campaign: Campaign) -> Campaign:
    parsed_template(campaign.template, field_names(deps.contacts, campaign.account))
    if campaign.window is not None:
        checked_window(campaign.window)
        if campaign.window.timezone not in (None, *available_timezones()):
            raise InvalidRequest.of("send_window.timezone", "is no IANA time zone, they look like Europe/Madrid")
    list_id = campaign.audience.list_id
    if list_id is not None and get_list(deps.contacts, campaign.account, list_id) is None:
        raise NotFound("No such list: GET /v1/lists shows yours")
    return campaign
