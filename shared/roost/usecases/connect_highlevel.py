"""Connect a location or a whole agency of HighLevel, show how they do, disconnect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from roost.domain.errors import NotFound, TryLater
from roost.domain.highlevel import COMPANY, ConnectFailed, Location, LocationStatus
from roost.domain.highlevel_errands import Errand
from roost.domain.instants import minute_of
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration
from roost.storage.checks import Check, put_check
from roost.storage.conditional import ConditionFailed
from roost.storage.highlevel import change_location, get_location, list_locations, put_location, release_owner
from roost.storage.highlevel_errands import list_aside, list_given_up, list_owed, owe_again
from roost.storage.items import Item
from roost.storage.transactions import WriteConflict
from roost.usecases.highlevel_tokens import access_token, token_changes

SHOWN = 20
TRIES = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """A location as its page shows it. `owed`: how many errands wait, up to 20; `given_up`: those that were refused;
    `aside`: payloads of a shape nobody here knows."""

    location: Location
    owed: int
    given_up: list[Errand]
    aside: list[Item]

    @property
    def is_company(self) -> bool:
        return self.location.id.startswith(COMPANY)


def standings(deps: Deps, account: str) -> list[Standing]:
    table = deps.highlevel
    return [
        Standing(
            location,
            len(list_owed(table, location, SHOWN)),
            list_given_up(table, location, SHOWN),
            list_aside(table, location, SHOWN),
        )
        for location in list_locations(table, account)
    ]


def connect(deps: Deps, integration: Integration, account: str, code: str, redirect_uri: str) -> list[Location]:
    """Every location that is connected by this code. Raises ConnectFailed, LocationTaken and TryLater."""
    answer = integration.api.exchange_code(code, redirect_uri)
    body = answer.body
    if not answer.ok:
        raise ConnectFailed(f"HighLevel did not accept the connection ({answer.status or 'no answer'}): try again")
    if isinstance(body.get("locationId"), str) and body.get("userType") != "Company":
        return [_store(deps, account, body["locationId"], None, integration, body)]
    if not isinstance(body.get("companyId"), str):
        raise ConnectFailed("HighLevel named neither a location nor an agency: connect again")
    return _connect_company(deps, integration, account, body["companyId"], body)


def disconnect(deps: Deps, account: str, location: str) -> None:
    """Our side forgets its tokens at once. An agency takes its locations along. Raises NotFound."""
    stands = get_location(deps.highlevel, account, location)
    if stands is None:
        raise NotFound("No such location")
    company = location.removeprefix(COMPANY) if location.startswith(COMPANY) else None
    borrowing = [other for other in list_locations(deps.highlevel, account) if company and other.company == company]
    gone = {"access_token": None, "refresh_token": None, "outage_at": None, "retry_at": None, "busy_until": 0}
    for ended in [stands, *borrowing]:
        changes = {**gone, "status": LocationStatus.DISCONNECTED, "ended_at": deps.now()}
        change_location(deps.highlevel, ended, changes)
        release_owner(deps.highlevel, ended)


def try_again(deps: Deps, account: str, location: str) -> None:
    """Owe anew what was given up. Raises NotFound."""
    stands = get_location(deps.highlevel, account, location)
    if stands is None:
        raise NotFound("No such location")
    for errand in list_given_up(deps.highlevel, stands, SHOWN):
        owe_again(deps.highlevel, stands, replace(errand, tries=0, early=0, due_at=0), deps.now())


def add_location_of_company(deps: Deps, agency: Location, location: str | None) -> None:
    """What an agency's webhook says it installed. Nothing for one that stands alone: its person connects it."""
    if location is not None and agency.id.startswith(COMPANY):
        _store(deps, agency.account, location, agency.id.removeprefix(COMPANY))


def _connect_company(
    deps: Deps, integration: Integration, account: str, company: str, body: Mapping[str, Any]
) -> list[Location]:
    """The agency, and each location it chose; those borrow its tokens when they first need one."""
    agency = _store(deps, account, f"{COMPANY}{company}", None, integration, body)
    listed = integration.api.installed_locations(access_token(integration, agency), company)
    installed, approved = listed.body.get("locations"), body.get("approvedLocations")
    named = {str(found["_id"]) for found in installed if "_id" in found} if isinstance(installed, list) else set()
    named |= {str(found) for found in approved} if isinstance(approved, list) else set()
    return [_store(deps, account, location, company) for location in sorted(named)]


def _store(
    deps: Deps,
    account: str,
    location: str,
    company: str | None,
    integration: Integration | None = None,
    tokens: Mapping[str, Any] | None = None,
) -> Location:
    """Connected, for the first time or again. With the check, what it is still owed goes on."""
    now = deps.now()
    for _ in range(TRIES):
        was = get_location(deps.highlevel, account, location)
        fresh = Location(
            account,
            location,
            LocationStatus.CONNECTED,
            now,
            company,
            tokens=was.tokens if was else 0,
            lease_until=now,
            renewing_until=now,
        )
        if integration is not None and tokens is not None:
            changes = token_changes(deps, integration, fresh, tokens)
            if not changes:
                raise ConnectFailed("HighLevel gave no token: connect again")
            fresh = replace(fresh, **changes)
        try:
            put_location(deps.highlevel, fresh, was)
        except (ConditionFailed, WriteConflict):
            continue
        put_check(deps.devices, minute_of(now), Check(account, highlevel=location))
        return fresh
    raise TryLater
