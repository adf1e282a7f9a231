"""A conversation as it is stored, or as it would begin."""

from __future__ import annotations

from roost.domain.conversations import Conversation
from roost.domain.phone_numbers import is_e164
from roost.runtime.deps import Deps
from roost.storage.conversation_messages import sent_before
from roost.storage.conversations import get_conversation


def known_conversation(deps: Deps, account: str, peer: str) -> Conversation:
    """Where there is none yet, what was sent to the number before is looked for once: it is in no index, because a
    message to somebody who never answers should not pay for one."""
    stored = get_conversation(deps.contacts, account, peer)
    if stored is not None:
        return stored
    now = deps.now()
    earlier = sent_before(deps.messages, account, peer, now) if is_e164(peer) else ()
    return Conversation(account, peer, created_at=now, updated_at=now, earlier=earlier)
