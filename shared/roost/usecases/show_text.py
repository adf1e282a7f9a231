"""Show a text in the conversation of its contact over there, once however often this is tried."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.highlevel_errands import MOST_EARLY, Errand
from roost.domain.highlevel_webhooks import instant_of
from roost.domain.instants import SECOND
from roost.outbound.highlevel import texts_in
from roost.outbound.highlevel_http import Answer
from roost.storage.highlevel_errands import change_errand
from roost.storage.highlevel_links import KnownContact, get_link, is_known_there, put_link
from roost.usecases.contact_there import contact_of, doubt, remember
from roost.usecases.highlevel_line import Line, NotTaken

NO_TEXT = "(attachment)"
"""Shown for an MMS without a text: what is attached lies here only."""


def show_text(line: Line, errand: Errand, direction: str) -> str:
    """HighLevel's id of the text, shown once however often this is tried."""
    table, ours = line.deps.highlevel, int(errand.data["ours"])
    shown = get_link(table, line.location, ours)
    if shown is not None:
        return shown.theirs
    known = contact_of(line, errand.number)
    known = _conversation(line, errand, known)
    theirs = _find_shown(line, errand, known, direction) if errand.in_doubt else None
    theirs = theirs or _add(line, errand, known, direction)
    put_link(table, line.location, theirs, ours, line.deps.now())
    return theirs


def _conversation(line: Line, errand: Errand, known: KnownContact) -> KnownContact:
    """A new conversation is found only after a while; after some tries the contact alone must do."""
    if known.conversation is not None:
        return known
    api, location, contact = line.integration.api, line.location.id, str(known.contact)
    made = line.ask(lambda token: api.create_conversation(token, location, contact))
    if made.ok and isinstance(made.body.get("conversation"), dict):
        return remember(line, replace(known, conversation=str(made.body["conversation"]["id"])))
    if made.status not in (200, 201, 400):
        raise NotTaken("open the conversation", made)
    found = line.need("find the conversation", lambda token: api.search_conversation(token, location, contact))
    listed = found.body.get("conversations")
    if isinstance(listed, list) and listed:
        return remember(line, replace(known, conversation=str(listed[0]["id"])))
    if errand.early < MOST_EARLY:
        raise NotTaken("find the conversation", Answer(404), may_be_early=True)
    return known


def _add(line: Line, errand: Errand, known: KnownContact, direction: str) -> str:
    """From here on a lost answer leaves a doubt, which is written down before."""
    api, text, data = line.integration.api, str(errand.data["body"]) or NO_TEXT, errand.data

    def add(token: str) -> Answer:
        return api.add_message(
            token,
            contact=str(known.contact),
            conversation=known.conversation,
            text=text,
            direction=direction,
            ours=str(data["message_id"]),
            at=str(data["at"]),
        )

    change_errand(line.deps.highlevel, line.location, errand, {"in_doubt": True})
    answer = line.ask(add)
    if answer.status in (400, 404, 422):
        doubt(line, known)
    if not answer.ok:
        raise NotTaken("show a text", answer)
    theirs = answer.body.get("messageId")
    if not isinstance(theirs, str):
        raise NotTaken("show a text", Answer(422, {"message": "Empty answer: check the conversation provider's id"}))
    if known.conversation is None and isinstance(answer.body.get("conversationId"), str):
        remember(line, replace(known, conversation=answer.body["conversationId"]))
    return theirs


def _find_shown(line: Line, errand: Errand, known: KnownContact, direction: str) -> str | None:
    """The text an earlier try may have left: same words, same direction, not older, and nobody else's."""
    if known.conversation is None:
        return None
    api, conversation, at = line.integration.api, known.conversation, instant_of(errand.data["at"]) or 0
    answer = line.need("look for a text", lambda token: api.messages_of(token, conversation))
    text = str(errand.data["body"]) or NO_TEXT
    for message in reversed(texts_in(answer)):
        same = (message.get("body"), message.get("direction")) == (text, direction)
        if same and (instant_of(message.get("dateAdded")) or 0) >= at - SECOND:
            theirs = str(message.get("id"))
            if not is_known_there(line.deps.highlevel, line.location, theirs):
                return theirs
    return None
