"""Label a reply and suggest an answer to it, if its account asked for that: once, within a budget, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from roost.domain import ids
from roost.domain.conversations import Conversation, peer_of
from roost.domain.errors import TryLater
from roost.domain.event_data import ConversationData
from roost.domain.instants import rfc3339
from roost.domain.messages import Message
from roost.domain.reply_labels import ReplyLabel, may_be_classified
from roost.domain.webhooks import Event, EventType
from roost.runtime.deps import Deps
from roost.storage.classified import take_one
from roost.storage.conversation_settings import get_conversation_settings
from roost.storage.conversations import conversation_write, get_conversation
from roost.storage.event_outbox import event_write
from roost.storage.messages import get_message
from roost.storage.transactions import Changed, WriteConflict, commit

if TYPE_CHECKING:
    from roost.outbound.reply_classifier import ReplyClassifier

TRIES = 8


def classify_reply(deps: Deps, classifier: Callable[[], ReplyClassifier], account: str, message_id: int) -> bool:
    """True if it has a label now. Only the newest word of a conversation is labeled: what came after it, or an answer,
    has overtaken it. Raises ClassifierUnavailable and TryLater: the queue brings it again."""
    settings = get_conversation_settings(deps.accounts, account)
    message = get_message(deps.messages, account, message_id, consistent=True)
    if not settings.classifies_replies or message is None or not may_be_classified(message):
        return False
    conversation = _waiting_for(deps, message)
    if conversation is None or not take_one(deps.accounts, account, settings.classified_a_day, deps.now()):
        return False
    label = classifier().label(message.text)
    for tries in range(TRIES):
        if conversation is None:
            return False
        try:
            _write(deps, conversation, message, label)
        except (Changed, WriteConflict):
            deps.back_off(tries)
            conversation = _waiting_for(deps, message)
        else:
            return True
    raise TryLater


def _waiting_for(deps: Deps, message: Message) -> Conversation | None:
    """None if it has a label already or is not the newest any more."""
    found = get_conversation(deps.contacts, message.account, peer_of(message.peer))
    is_newest = found is not None and found.last is not None and found.last.message_id == message.id
    return found if found is not None and is_newest and found.classified is None else None


def _write(deps: Deps, before: Conversation, message: Message, label: ReplyLabel) -> None:
    """The label and its event are one write."""
    now = deps.now()
    known = replace(before, intent=label.intent, suggested_response=label.suggested_response, classified=message.id)
    data = ConversationData(
        conversation_id=before.id,
        message_id=ids.spell("msg", message.id),
        intent=label.intent.value,
        suggested_response=label.suggested_response,
        at=rfc3339(now),
    )
    told = EventType.CONVERSATION_CLASSIFIED
    event = Event(f"evt_{message.id}_classified", told, message.account, now, data.model_dump())
    commit(deps.contacts, conversation_write(deps.contacts, before, known), event_write(deps.messages, event, now))
