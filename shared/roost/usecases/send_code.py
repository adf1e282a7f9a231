"""Send a one-time code: the code and the message that carries it are written together, or neither is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from roost.domain.codes import (
    CodeSettings,
    IssuedCode,
    PeerCodes,
    checked_settings,
    digest_of,
    may_send_at,
    new_code,
    with_new_code,
)
from roost.domain.errors import InvalidRequest, TryLater
from roost.domain.instants import SECOND
from roost.domain.messages import Message, Priority
from roost.domain.phone_numbers import is_e164
from roost.domain.phones import Phone
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.runtime.pepper import pepper
from roost.storage.code_settings import get_code_settings
from roost.storage.codes import CodesChanged, codes_write, get_codes
from roost.storage.conversation_settings import get_conversation_settings
from roost.storage.transactions import Write
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission

TRIES = 8
ENTROPY = 12


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """`changes`: members of CodeSettings that differ from the account's defaults, this once."""

    to: str
    to_field: str = "to"
    changes: Mapping[str, Any] = field(default_factory=dict)
    phone: int | None = None
    sim_slot: int | None = None


@dataclass(frozen=True, slots=True)
class SentCode:
    """`message` shows the code masked; no answer carries the code."""

    message: Message
    phone: Phone | None
    expires_at: int
    expires_in: int


def send_code(deps: Deps, sender: Sender, wanted: CodeRequest) -> SentCode:
    """Urgent: it skips the gap of its phone, never the cap, and is not sent once it has expired.

    Raises InvalidRequest, CodeCooldown, CodeLimitReached, TryLater and what `send_message` raises; nothing is left.
    """
    if not is_e164(wanted.to):
        raise InvalidRequest.of(wanted.to_field, "must be a phone number in E.164 format, for example +14155551234")
    settings = checked_settings(replace(get_code_settings(deps.accounts, sender.account), **wanted.changes))
    before = get_codes(deps.messages, sender.account, wanted.to)
    for _ in range(TRIES):
        may_send_at(before, settings, deps.now())
        try:
            return _send(deps, sender, wanted, settings, before)
        except CodesChanged as changed:
            before = changed.codes
    raise TryLater


def _send(
    deps: Deps, sender: Sender, wanted: CodeRequest, settings: CodeSettings, before: PeerCodes | None
) -> SentCode:
    account, code = sender.account, new_code(settings.length, deps.entropy(ENTROPY))

    def along(message: Message) -> tuple[Write]:
        digest = digest_of(pepper(), account, wanted.to, message.id, code)
        issued = IssuedCode(message.id, digest, message.expires_at, settings.max_attempts)
        after = with_new_code(before, account, wanted.to, issued, deps.now())
        return (codes_write(deps.messages, before, after),)

    despite_opt_out = get_conversation_settings(deps.accounts, account).codes_despite_opt_out
    submission = replace(_submission(wanted, settings, code), despite_opt_out=despite_opt_out)
    accepted = send_message(deps, sender, submission, along=along)
    return SentCode(accepted.message, accepted.phone, accepted.message.expires_at, settings.expires_in)


def _submission(wanted: CodeRequest, settings: CodeSettings, code: str) -> Submission:
    return Submission(
        to=wanted.to,
        text=settings.text_with(code),
        to_field=wanted.to_field,
        text_field="template",
        phone=wanted.phone,
        sim_slot=wanted.sim_slot,
        priority=Priority.URGENT,
        lifetime=settings.expires_in * SECOND,
        shown_as=settings.shown_text,
    )
