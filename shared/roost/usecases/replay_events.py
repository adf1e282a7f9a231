"""Tell an endpoint anew what happened since an instant: the events follow from the messages, none needs to be kept."""

from __future__ import annotations

from roost.domain import ids
from roost.domain.instants import DAY
from roost.domain.messages import MAX_LIFETIME
from roost.domain.webhook_events import events_of_history
from roost.domain.webhooks import Endpoint
from roost.runtime.deps import Deps
from roost.storage.deliveries import Owed, put_owed
from roost.storage.message_history import page_after
from roost.storage.webhooks import change_endpoint, take_sequence

LOOK_BACK = MAX_LIFETIME + DAY
"""So long after a message was made may something happen to it; one that was scheduled further ahead is not found."""

PAGE = 50


def owe_replayed(deps: Deps, endpoint: Endpoint) -> Endpoint | None:
    """One page of messages becomes debts; the endpoint as it then is, None when it is gone. Cut short it repeats a page
    under the same event ids."""
    since = endpoint.replay_from if endpoint.replay_from is not None else deps.now()
    after = endpoint.replay_after if endpoint.replay_after is not None else ids.message_id(since - LOOK_BACK, 0)
    messages = page_after(deps.messages, endpoint.account, after, deps.now(), PAGE)
    if not messages:
        return change_endpoint(deps.webhooks, endpoint, {"replay_from": None, "replay_after": None})
    told = [event for message in messages for event in events_of_history(message, since) if endpoint.wants(event.type)]
    if told:
        numbered = take_sequence(deps.webhooks, endpoint, len(told))
        if numbered is None:
            return None
        first = numbered.sequence - len(told) + 1
        debts = [Owed(first + place, event) for place, event in enumerate(sorted(told, key=lambda event: event.at))]
        put_owed(deps.webhooks, endpoint, debts, deps.now())
    return change_endpoint(deps.webhooks, endpoint, {"replay_after": messages[-1].id}, expect={"replay_from": since})
