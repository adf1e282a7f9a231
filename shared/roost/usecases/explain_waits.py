"""Why messages wait and when they are expected to leave, those that are bound to no phone yet, too."""

from __future__ import annotations

from collections.abc import Iterable

from roost.domain.expected import expected_slots
from roost.domain.messages import CLAIMABLE, Message, MessageStatus
from roost.domain.phones import Phone, Presence
from roost.domain.waiting import Wait, behind_others, why_unbound, why_waiting
from roost.runtime.deps import Deps
from roost.storage.phones import get_phone, list_phones

WAITING = CLAIMABLE | {MessageStatus.LEASED, MessageStatus.ACCEPTED}


def waits_of(deps: Deps, messages: Iterable[Message]) -> dict[int, Wait | None]:
    """By message id. Each phone is read once, and the slots of a phone or of all are worked out once."""
    look = _Look(deps, list(messages))
    return {message.id: look.at(message) for message in look.messages}


class _Look:
    """What one answer needs to know of phones and slots, found when it is first asked for."""

    def __init__(self, deps: Deps, messages: list[Message]) -> None:
        self.messages = messages
        self._deps, self._now = deps, deps.now()
        self._farthest = max((message.ahead for message in messages), default=0) + 1
        self._phones: dict[tuple[str, int], Phone | None] = {}
        self._online: list[Phone] | None = None
        self._slots: dict[int | None, list[int]] = {}

    def at(self, message: Message) -> Wait | None:
        if message.phone is None and not message.is_written and message.status in CLAIMABLE:
            online = self._of_account(message.account)
            return why_unbound(message, len(online), self._slots_of(None, online))
        phone = self._phone(message)
        wait = why_waiting(message, phone, self._now)
        if wait is None or phone is None or message.is_written or message.status not in CLAIMABLE:
            return wait
        return behind_others(wait, message, self._slots_of(phone.number, [phone]))

    def _phone(self, message: Message) -> Phone | None:
        if message.phone is None or message.status not in WAITING:
            return None
        key = (message.account, message.phone)
        if key not in self._phones:
            self._phones[key] = get_phone(self._deps.devices, *key)
        return self._phones[key]

    def _of_account(self, account: str) -> list[Phone]:
        if self._online is None:
            phones, _ = list_phones(self._deps.devices, account)
            able = [phone for phone in phones if phone.may_send]
            self._online = [phone for phone in able if phone.presence(self._now) is Presence.ONLINE]
        return self._online

    def _slots_of(self, name: int | None, phones: list[Phone]) -> list[int]:
        if name not in self._slots:
            self._slots[name] = expected_slots(phones, self._now, self._farthest)
        return self._slots[name]
