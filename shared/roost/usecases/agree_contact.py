"""Have both sides hold the same of whether a number wants no messages."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.errors import TryLater
from roost.domain.highlevel_contacts import ContactThere, agree, contact_there
from roost.outbound.highlevel_http import Answer
from roost.storage.highlevel_links import KnownContact
from roost.storage.opt_outs import get_opt_out
from roost.usecases.contact_there import contact_of, doubt, remember
from roost.usecases.highlevel_line import Line, NotTaken
from roost.usecases.opt_outs import change_opt_out


def agree_about(line: Line, number: str) -> None:
    """What is compared is how both sides stand now, not what a webhook once said. First what changed there and here,
    then that it was agreed: who breaks off in between compares anew. Raises NotTaken."""
    deps, account = line.deps, line.location.account
    known = contact_of(line, number)
    there = _read_there(line, known)
    opt_out = get_opt_out(deps.contacts, account, number)
    agreement = agree(known.agreed, opt_out is not None and opt_out.do_not_contact, there)
    if agreement.there_changes:
        _change_there(line, there, on=agreement.do_not_contact)
    if agreement.local_changes:
        _change_here(line, number, on=agreement.do_not_contact)
    if agreement.do_not_contact != known.agreed:
        remember(line, replace(known, agreed=agreement.do_not_contact))


def _change_here(line: Line, number: str, *, on: bool) -> None:
    try:
        change_opt_out(line.deps, line.location.account, number, do_not_contact=on)
    except TryLater:
        raise NotTaken("change an opt-out here", Answer(404), may_be_early=True) from None


def _read_there(line: Line, known: KnownContact) -> ContactThere:
    """A contact that was deleted is made anew by the next try."""
    api, contact = line.integration.api, str(known.contact)
    answer = line.ask(lambda token: api.get_contact(token, contact))
    if answer.status in (400, 404):
        doubt(line, known)
        raise NotTaken("read a contact", Answer(404), may_be_early=True)
    if not answer.ok or not isinstance(answer.body.get("contact"), dict):
        raise NotTaken("read a contact", answer)
    found = answer.body["contact"]
    tag = line.integration.app.dnc_tag
    return contact_there(contact, found.get("tags"), found.get("dnd"), found.get("dndSettings"), tag)


def _change_there(line: Line, there: ContactThere, *, on: bool) -> None:
    api, tag = line.integration.api, line.integration.app.dnc_tag
    if there.tagged != on:
        line.need("change a tag", lambda token: api.change_tag(token, there.id, tag, on=on))
    if there.dnd != on:
        line.need("change do not disturb", lambda token: api.change_dnd(token, there.id, on=on))
