"""What an account's conversations are and what was said in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from roost.domain import ids
from roost.domain.contacts import Contact
from roost.domain.conversations import Conversation, ConversationStatus, parse
from roost.domain.errors import NotFound
from roost.domain.instants import DAY
from roost.domain.messages import Message
from roost.domain.phone_numbers import is_e164
from roost.runtime.deps import Deps
from roost.storage.contacts import get_contacts
from roost.storage.conversation_messages import messages_below
from roost.storage.conversations import get_conversations, place_of, places_below
from roost.storage.opt_outs import opted_out_among
from roost.usecases.known_conversation import known_conversation
from roost.usecases.read_messages import with_acceptances

MOST_EXAMINED = 1_000
"""Where little matches a page stops here and hands out a cursor: no request reads without end."""

READ_AT_ONCE = 100
S = ConversationStatus


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """`statuses`: any of them. `text`: part of the number, the contact's name, or the newest message, in any case."""

    statuses: frozenset[ConversationStatus]
    text: str | None = None
    assigned_to: str | None = None

    def matches(self, known: KnownConversation) -> bool:
        conversation = known.conversation
        if conversation.status not in self.statuses or self.assigned_to not in (None, conversation.assigned_to):
            return False
        name = known.contact.shown_name if known.contact else None
        last = conversation.last.text if conversation.last else None
        searched = (conversation.peer, name or "", last or "")
        return self.text is None or any(self.text.casefold() in part.casefold() for part in searched)


@dataclass(frozen=True, slots=True)
class KnownConversation:
    """With what is known of the other side. `contact` None: its number is in no contact."""

    conversation: Conversation
    contact: Contact | None
    do_not_contact: bool


def list_conversations(
    deps: Deps, account: str, wanted: ConversationFilter, limit: int, below: str | None
) -> tuple[list[KnownConversation], str | None]:
    """A page, the newest first, and the place to go on below; None at the end. A page may be short while there is
    more."""
    places = places_below(deps.contacts, account, wanted.statuses, below)
    page: list[KnownConversation] = []
    examined = 0
    while some := list(islice(places, READ_AT_ONCE)):
        standing = get_conversations(deps.contacts, account, dict.fromkeys(peer for _, peer in some))
        # What moved since the index was written is listed where it stands now, or it would come twice.
        found = [standing[peer] for place, peer in some if peer in standing and place_of(standing[peer]) == place]
        known = {one.conversation.peer: one for one in with_contacts(deps, account, found)}
        for place, peer in some:
            examined += 1
            if peer in known and place_of(known[peer].conversation) == place and wanted.matches(known[peer]):
                page.append(known[peer])
            if len(page) == limit or examined == MOST_EXAMINED:
                return page, place if _has_more(places, some, place) else None
    return page, None


def _has_more(places: Iterator[tuple[str, str]], some: list[tuple[str, str]], place: str) -> bool:
    return some[-1][0] != place or next(places, None) is not None


def with_contacts(deps: Deps, account: str, conversations: list[Conversation]) -> list[KnownConversation]:
    """Contacts and opt-outs, each read in one look."""
    numbers = [conversation.peer for conversation in conversations if is_e164(conversation.peer)]
    contacts = {contact.number: contact for contact in get_contacts(deps.contacts, account, iter(numbers))}
    refused = opted_out_among(deps.contacts, account, numbers)
    return [KnownConversation(found, contacts.get(found.peer), found.peer in refused) for found in conversations]


def find_conversation(deps: Deps, account: str, conversation_id: str) -> KnownConversation:
    """By its id or its number. One that has not been answered is told from what was sent to the number within a week,
    or in a batch. Raises NotFound."""
    found = known_conversation(deps, account, party_of(conversation_id))
    if not found.revision and not messages_below(deps.messages, found, _newest(deps), 1):
        raise NotFound("No such conversation: GET /v1/conversations shows yours")
    return with_contacts(deps, account, [found])[0]


def party_of(conversation_id: str) -> str:
    """The other side. Raises NotFound for what is no id."""
    peer = parse(conversation_id)
    if peer is None:
        raise NotFound("No such conversation: GET /v1/conversations shows yours")
    return peer


def messages_of(
    deps: Deps, conversation: Conversation, limit: int, below: int | None
) -> tuple[list[Message], int | None]:
    """A page in the order in which it was said, ending with what came just below `below`; and the id to go on below."""
    bound = below if below is not None else _newest(deps)
    found = messages_below(deps.messages, conversation, bound, limit + 1)
    page = found[:limit]
    following = page[-1].id if len(found) > limit else None
    return list(with_acceptances(deps, _in_order(page))), following


def _in_order(newest_first: list[Message]) -> Iterable[Message]:
    return reversed(newest_first)


def _newest(deps: Deps) -> int:
    """Above every id: a server whose clock is ahead names messages by it."""
    return ids.message_id(deps.now() + DAY, serial=0)
