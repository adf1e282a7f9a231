"""A location's access token, renewed by one at a time: a refresh token is spent by its first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roost.domain.highlevel import COMPANY, EXPIRES_EARLY, Location, LocationStatus
from roost.domain.instants import DAY, SECOND
from roost.outbound.highlevel_http import Answer
from roost.outbound.sealed_text import NONCE_BYTES
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration
from roost.runtime.log import logger
from roost.storage.highlevel import change_location, get_location, take_lease

LEASE = 15 * SECOND
"""Longer than a request to HighLevel may take."""

LOOK_EVERY = 0.25
LOOKS = 40
"""Seconds between two looks at what another renews, and how many; who sees nothing by then comes again later."""

REFUSED = frozenset({400, 401, 403})


class TokensRefused(Exception):
    """HighLevel takes this refresh token no more: the app was removed there, or a renewal was lost."""


class TokensUnknown(Exception):
    """No answer about the tokens at the moment. `answer`: HighLevel's, if there was one."""

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__("no tokens at the moment")
        self.answer = answer or Answer(None)


def access_token(integration: Integration, location: Location) -> str:
    """Raises TokensRefused for one that has none."""
    if location.access_token is None:
        raise TokensRefused
    return integration.seal.open(location.access_token, _place(location))


def with_token(deps: Deps, integration: Integration, location: Location) -> Location:
    """The location with a token that holds for the next call. Raises TokensRefused and TokensUnknown."""
    if deps.now() < location.expires_at - EXPIRES_EARLY:
        return location
    return renewed(deps, integration, location)


def renewed(deps: Deps, integration: Integration, location: Location) -> Location:
    """The location with tokens newer than those it was read with: renewed here, or meanwhile by another.

    Raises TokensRefused and TokensUnknown.
    """
    for _ in range(LOOKS):
        stands = get_location(deps.highlevel, location.account, location.id)
        if stands is None or not stands.is_connected:
            raise TokensRefused
        if stands.tokens != location.tokens:
            return stands
        leased = take_lease(deps.highlevel, stands, "renewing_until", deps.now(), deps.now() + LEASE)
        if leased is not None:
            return _renew(deps, integration, leased)
        deps.sleep(LOOK_EVERY)
    raise TokensUnknown


def _renew(deps: Deps, integration: Integration, location: Location) -> Location:
    try:
        answer = _ask(deps, integration, location)
    except TokensUnknown:
        change_location(deps.highlevel, location, {"renewing_until": deps.now()}, {"tokens": location.tokens})
        raise
    except TokensRefused:
        revoke(deps, location)
        raise
    if answer.status in REFUSED:
        revoke(deps, location)
        raise TokensRefused
    changes = token_changes(deps, integration, location, answer.body) if answer.ok else {}
    if "access_token" not in changes:
        change_location(deps.highlevel, location, {"renewing_until": deps.now()}, {"tokens": location.tokens})
        raise TokensUnknown(answer)
    stands = change_location(deps.highlevel, location, changes, {"tokens": location.tokens})
    if stands is None:
        raise TokensUnknown
    return stands


def _ask(deps: Deps, integration: Integration, location: Location) -> Answer:
    if location.company is None or location.id.startswith(COMPANY):
        if location.refresh_token is None:
            raise TokensRefused
        user_type = "Company" if location.id.startswith(COMPANY) else "Location"
        return integration.api.refresh(integration.seal.open(location.refresh_token, _place(location)), user_type)
    agency = get_location(deps.highlevel, location.account, f"{COMPANY}{location.company}")
    if agency is None or not agency.is_connected:
        return Answer(401)
    agency = with_token(deps, integration, agency)
    answer = integration.api.location_token(access_token(integration, agency), location.company, location.id)
    if answer.status != 401:
        return answer
    agency = renewed(deps, integration, agency)
    return integration.api.location_token(access_token(integration, agency), location.company, location.id)


def token_changes(deps: Deps, integration: Integration, location: Location, body: Mapping[str, Any]) -> dict[str, Any]:
    """What HighLevel's token answer changes, the tokens sealed; nothing if it holds no token."""
    access, refresh, seconds = body.get("access_token"), body.get("refresh_token"), body.get("expires_in")
    if not isinstance(access, str) or not access:
        return {}
    lifetime = int(seconds * SECOND) if isinstance(seconds, int | float) and 0 < seconds < 10**7 else DAY

    def seal(text: str) -> str:
        return integration.seal.seal(text, _place(location), deps.entropy(NONCE_BYTES))

    changes = {
        "access_token": seal(access),
        "expires_at": deps.now() + lifetime,
        "tokens": location.tokens + 1,
        "renewing_until": deps.now(),
    }
    return changes | ({"refresh_token": seal(refresh)} if isinstance(refresh, str) and refresh else {})


def revoke(deps: Deps, location: Location) -> None:
    """The integration is off; what it is owed is kept for when it is connected again."""
    changes = {"status": LocationStatus.REVOKED, "ended_at": deps.now(), "access_token": None, "refresh_token": None}
    logger().warning("HighLevel location revoked", account=location.account, location=location.id)
    change_location(deps.highlevel, location, changes, {"status": LocationStatus.CONNECTED, "tokens": location.tokens})


def _place(location: Location) -> str:
    return f"{location.account}/{location.id}"
