"""Every event to every endpoint that wants it: fast endpoints at once, the others by an invocation of their own.

The stream repeats a batch that breaks off, so whatever is not delivered or owed yet is told again, under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roost.domain.instants import minute_of
from roost.domain.webhooks import Endpoint, Event, Lane
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.deliveries import Owed, put_attempts, put_owed
from roost.storage.stream_records import Told
from roost.storage.webhooks import change_endpoint, get_endpoint, take_sequence
from roost.usecases.deliver_at_once import Batch, Delivered, deliver_at_once
from roost.usecases.known_endpoints import KnownEndpoints
from roost.usecases.webhook_outages import begin_outage

if TYPE_CHECKING:  # the clients behind them are opened in few functions
    from roost.outbound.executions import Executions
    from roost.outbound.lanes import Lanes
    from roost.outbound.webhook_http import WebhookHttp


@dataclass(frozen=True, slots=True)
class Senders:
    """What leaves from here: posts, invocations, executions. Made on first use: without endpoints none is."""

    http: Callable[[], WebhookHttp]
    lanes: Callable[[], Lanes]
    executions: Callable[[], Executions]


@dataclass(slots=True)
class Share:
    """What one endpoint gets of a batch. `waits_for_nothing`: its owner asked for it and looks on."""

    endpoint: Endpoint
    events: list[Event] = field(default_factory=list)
    waits_for_nothing: bool = False


def fan_out_events(deps: Deps, known: KnownEndpoints, senders: Senders, told: Iterable[Told]) -> int:
    """How many deliveries were taken on. Nothing here waits longer than `deliver_at_once` does."""
    at_once: list[Batch] = []
    taken = 0
    for share in _shares(deps, known, told):
        endpoint = take_sequence(deps.webhooks, share.endpoint, len(share.events)) if share.events else share.endpoint
        if endpoint is None:
            continue
        first = endpoint.sequence - len(share.events) + 1
        numbered = tuple(Owed(first + place, event) for place, event in enumerate(share.events))
        taken += len(numbered)
        if endpoint.goes_direct(deps.now()) and not share.waits_for_nothing:
            at_once.append(Batch(endpoint, numbered))
        else:
            _owe(deps, endpoint, numbered)
            _have_drained(deps, senders, endpoint, regardless=share.waits_for_nothing)
    for result in deliver_at_once(deps, senders.http(), at_once) if at_once else []:
        _settle(deps, senders, result)
    return taken


def _shares(deps: Deps, known: KnownEndpoints, told: Iterable[Told]) -> Iterable[Share]:
    shares: dict[tuple[str, str], Share] = {}
    for said in told:
        for endpoint in _endpoints_for(deps, known, said):
            share = shares.setdefault((said.account, endpoint.id), Share(endpoint))
            share.waits_for_nothing |= said.endpoint is not None
            share.events += [event for event in said.events if said.endpoint or endpoint.wants(event.type)]
    return [share for share in shares.values() if share.events or share.waits_for_nothing]


def _endpoints_for(deps: Deps, known: KnownEndpoints, said: Told) -> list[Endpoint]:
    if said.endpoint is not None:
        named = get_endpoint(deps.webhooks, said.account, said.endpoint)
        return [named] if named else []
    return [endpoint for endpoint in known.of(said.account) if any(endpoint.wants(event.type) for event in said.events)]


def _settle(deps: Deps, senders: Senders, result: Delivered) -> None:
    endpoint, now = result.endpoint, deps.now()
    if result.attempts:
        put_attempts(deps.webhooks, endpoint, result.attempts, deps.entropy(4).hex(), now)
    if not result.left:
        return
    _owe(deps, endpoint, result.left)
    if result.failure is not None:
        begin_outage(deps, senders.executions(), endpoint, result.failure)
        return
    slow = change_endpoint(deps.webhooks, endpoint, {"lane": Lane.OWN})
    _have_drained(deps, senders, slow or endpoint, regardless=False)


def _owe(deps: Deps, endpoint: Endpoint, owed: tuple[Owed, ...]) -> None:
    if not owed:
        return
    # First the check: if this dies in between, the sweep still looks at the endpoint.
    put_check(deps.devices, minute_of(deps.now()), Check(endpoint.account, webhook=endpoint.id))
    put_owed(deps.webhooks, endpoint, owed, deps.now())


def _have_drained(deps: Deps, senders: Senders, endpoint: Endpoint, *, regardless: bool) -> None:
    """Read again after the debt is written: whoever ends an outage looks for debts after that, so one of the two sees
    the other."""
    stands = get_endpoint(deps.webhooks, endpoint.account, endpoint.id)
    if stands is not None and (regardless or stands.failing_since is None):
        senders.lanes().drain(endpoint.account, endpoint.id)
