"""Every minute, for accounts whose webhooks want to know: which phones are there, which reached their cap.

Nothing on the phones' own path pays for it, and a phone that falls silent is nobody's call.
"""

from __future__ import annotations

from roost.domain.instants import minute_of
from roost.domain.phone_watch import has_changed, take_picture
from roost.domain.webhooks import PHONE_EVENTS, Endpoint
from roost.runtime.deps import Deps
from roost.storage.checks import Check, put_check
from roost.storage.event_outbox import change_picture, get_picture
from roost.storage.phones import list_phones
from roost.storage.webhooks import list_endpoints


def wants_phone_events(endpoint: Endpoint) -> bool:
    return any(endpoint.wants(event) for event in PHONE_EVENTS)


def watch_phones(deps: Deps, check: Check) -> None:
    """Looks, and has itself called again as long as an endpoint wants it. The stream makes events of what changed."""
    if not any(wants_phone_events(endpoint) for endpoint in list_endpoints(deps.webhooks, check.account)):
        return
    phones, _ = list_phones(deps.devices, check.account)
    before, after = get_picture(deps.messages, check.account), take_picture(check.account, phones, deps.now())
    if has_changed(before, after):
        change_picture(deps.messages, before, after)
    put_check(deps.devices, minute_of(deps.now()), check)
