"""What a request about HighLevel works with: the owner's app, and a body that HighLevel really sent."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from roost.domain.errors import InvalidRequest, NotFound
from roost.domain.highlevel import ConnectNotOurs, NotSetUp, SignatureRefused
from roost.domain.instants import MINUTE, SECOND
from roost.outbound.highlevel_signature import is_genuine, is_signed
from roost.runtime.deps import Deps, deps
from roost.runtime.highlevel import Integration, integration
from roost.web.visitor import is_encrypted

CONNECTING = "roost_connecting"
CONNECT_WITHIN = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class Mirror:
    """The owner's app at HighLevel, and what use cases need."""

    integration: Integration
    deps: Deps


@dataclass(frozen=True, slots=True)
class Sent:
    """`payload`: the body, whose signature was checked."""

    mirror: Mirror
    payload: Mapping[str, Any]


async def _app() -> Integration | None:
    return integration()


async def _mirror(found: Annotated[Integration | None, Depends(_app)]) -> Mirror:
    if found is None:
        raise NotSetUp
    return Mirror(found, deps())


async def _webhook(request: Request, mirror: Annotated[Mirror, Depends(_mirror)]) -> Sent:
    return Sent(mirror, await _genuine(request, mirror, must_be_signed=True))


async def _delivery(secret: str, request: Request, mirror: Annotated[Mirror, Depends(_mirror)]) -> Sent:
    """The secret in the path stands for a signature, which HighLevel did not always give. A given one must hold."""
    if not hmac.compare_digest(secret.encode(), mirror.integration.delivery_secret.encode()):
        raise NotFound("No such delivery URL: copy it from Integrations")
    return Sent(mirror, await _genuine(request, mirror, must_be_signed=mirror.integration.app.require_signature))


async def _genuine(request: Request, mirror: Mirror, *, must_be_signed: bool) -> Mapping[str, Any]:
    """Raises SignatureRefused and InvalidRequest."""
    body, headers = await request.body(), dict(request.headers)
    if (must_be_signed or is_signed(headers)) and not is_genuine(mirror.integration.app, headers, body):
        raise SignatureRefused
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise InvalidRequest.of("body", "must be a JSON object")
    return payload


def remember_connecting(request: Request, response: Response, state: str) -> None:
    """This browser has begun to connect."""
    seconds = CONNECT_WITHIN // SECOND
    response.set_cookie(CONNECTING, state, max_age=seconds, secure=is_encrypted(request), httponly=True, samesite="lax")


def check_connecting(request: Request, state: str | None) -> None:
    """HighLevel was seen to drop `state`; then it must do that this browser began.

    Raises ConnectNotOurs: somebody else's link would connect their location to this account."""
    begun = request.cookies.get(CONNECTING, "")
    if not begun or (state is not None and not hmac.compare_digest(state.encode(), begun.encode())):
        raise ConnectNotOurs


AppOrNone = Annotated[Integration | None, Depends(_app)]
Mirrored = Annotated[Mirror, Depends(_mirror)]
SentWebhook = Annotated[Sent, Depends(_webhook)]
SentDelivery = Annotated[Sent, Depends(_delivery)]
