"""What HighLevel says has changed: a contact is looked at anew, an installation ends, or nothing is to be done."""

from __future__ import annotations

import json

from roost.domain.errors import NotFound
from roost.domain.highlevel import COMPANY, Location, LocationStatus, SignatureRefused
from roost.domain.highlevel_contacts import contact_there
from roost.domain.highlevel_errands import contact_errand
from roost.domain.highlevel_webhooks import CONTACT_EVENTS, INSTALL, NOT_OURS, UNINSTALL, Webhook, is_fresh
from roost.domain.phone_numbers import as_e164
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration
from roost.storage.highlevel import find_location
from roost.storage.highlevel_errands import put_aside
from roost.storage.highlevel_links import known_contact, remember_webhook, was_heard
from roost.storage.opt_outs import get_opt_out
from roost.usecases.connect_highlevel import add_location_of_company
from roost.usecases.highlevel_tokens import revoke
from roost.usecases.owe_highlevel import owe


def take_webhook(deps: Deps, integration: Integration, webhook: Webhook) -> str:
    """Its signature was checked. What became of it: `done`, `repeated`, `ignored` or `kept`.

    Raises SignatureRefused for one that is too old, and NotFound for a location nobody has connected.
    """
    if not is_fresh(webhook, deps.now()):
        raise SignatureRefused("The timestamp is missing or more than five minutes away")
    location = _location_of(deps, webhook)
    if location is None:
        raise NotFound("This location is not connected")
    if webhook.id is not None and was_heard(deps.highlevel, location, webhook.id):
        return "repeated"
    outcome = _follow(deps, integration, location, webhook)
    if webhook.id is not None:
        remember_webhook(deps.highlevel, location, webhook.id, deps.now())
    return outcome


def _follow(deps: Deps, integration: Integration, location: Location, webhook: Webhook) -> str:
    """Twice does no harm: a webhook is remembered after what it says is stored."""
    if webhook.type == UNINSTALL:
        revoke(deps, location)
        return "done"
    if webhook.type == INSTALL:
        add_location_of_company(deps, location, webhook.location)
        return "done"
    if webhook.type in NOT_OURS:
        return "ignored"
    if webhook.type in CONTACT_EVENTS:
        return _look_at_contact(deps, integration, location, webhook)
    return _keep(deps, location, webhook)


def _location_of(deps: Deps, webhook: Webhook) -> Location | None:
    """A location that an agency adds is not known yet: its agency speaks for it."""
    found = find_location(deps.highlevel, webhook.location) if webhook.location else None
    if found is None and webhook.company and (webhook.type == INSTALL or webhook.location is None):
        found = find_location(deps.highlevel, f"{COMPANY}{webhook.company}")
    return found if found is not None and found.status is not LocationStatus.DISCONNECTED else None


def _look_at_contact(deps: Deps, integration: Integration, location: Location, webhook: Webhook) -> str:
    """A webhook carries how the contact stood when it was sent, which may be long ago: it only says that there is
    something to compare. Most change nothing that matters here, and cost no request."""
    said = webhook.payload
    number = as_e164(str(said.get("phone") or ""))
    if not isinstance(said.get("id"), str) or not isinstance(said.get("tags", []), list):
        return _keep(deps, location, webhook)
    if number is None:
        return "ignored"
    there = contact_there(
        said["id"], said.get("tags"), said.get("dnd"), said.get("dndSettings"), integration.app.dnc_tag
    )
    opt_out = get_opt_out(deps.contacts, location.account, number)
    local = opt_out is not None and opt_out.do_not_contact
    agreed = known_contact(deps.highlevel, location, number).agreed
    if there.tagged == there.dnd == agreed == local:
        return "ignored"
    owe(deps, location, [contact_errand(number, deps.now(), f"webhook#{webhook.id or deps.entropy(8).hex()}")])
    return "done"


def _keep(deps: Deps, location: Location, webhook: Webhook) -> str:
    """Of a shape or kind nobody here knows: shown on the page instead of dropped."""
    payload = json.dumps(webhook.payload, ensure_ascii=False, sort_keys=True)
    put_aside(deps.highlevel, location, webhook.type or "?", payload, deps.entropy(4).hex(), deps.now())
    return "kept"
