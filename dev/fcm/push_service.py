"""What FCM does with registrations and pushes. Pure: time is passed in, nothing is read or written elsewhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from dev.fcm.faults import Fault, FaultKind, FaultPlan
from dev.fcm.fcm_errors import FcmError
from dev.fcm.message import Message, Priority

MOST_STORED = 100
CONNECTED_FOR_MS = 5_000
"""A phone between two long polls still counts as connected for this long."""
REORDER_PATIENCE_MS = 10_000

AddressKind = Literal["token", "fid"]


@dataclass(frozen=True, slots=True)
class AcceptedSend:
    """A send that was answered with 200, whatever became of it."""

    address: str
    project_id: str
    data: dict[str, str]
    priority: Priority
    ttl_seconds: float
    at_ms: int


@dataclass(slots=True)
class Stored:
    """A push on its way: not before `due_ms`, not after `expires_ms`, `is_held_back` until a later one passed it."""

    data: dict[str, str]
    priority: Priority
    original_priority: Priority
    sent_ms: int
    due_ms: int
    expires_ms: int
    is_held_back: bool = False


@dataclass(slots=True)
class Registration:
    """One app instance. `seen_ms`: when it last asked for pushes."""

    address: str
    project_id: str
    kind: AddressKind = "token"
    stored: list[Stored] = field(default_factory=list)
    has_lost_messages: bool = False
    seen_ms: int | None = None


def random_address(kind: AddressKind) -> str:
    """Looks like Google's: a token is `<22 characters>:APA91b<134>`, an installation id 22 characters."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    draw = random.SystemRandom()
    instance = "".join(draw.choices(alphabet, k=22))
    return instance if kind == "fid" else f"{instance}:APA91b{''.join(draw.choices(alphabet, k=134))}"


class PushService:
    """All times in epoch milliseconds. `latency_ms` is the usual range between acceptance and delivery."""

    def __init__(
        self,
        new_address: Callable[[AddressKind], str] = random_address,
        *,
        latency_ms: tuple[int, int] = (0, 0),
        rng: random.Random | None = None,
    ) -> None:
        self._new_address = new_address
        self._latency_ms = latency_ms
        self._rng = rng or random.Random(0)
        self._message_number = 0
        self.registrations: dict[str, Registration] = {}
        self.faults = FaultPlan()
        self.log: list[AcceptedSend] = []

    def register(self, project_id: str, kind: AddressKind = "token") -> str:
        """A new app instance; its address."""
        address = self._new_address(kind)
        self.registrations[address] = Registration(address, project_id, kind)
        return address

    def unregister(self, address: str) -> None:
        """App removed, its data cleared, or the registration expired: sends are answered UNREGISTERED."""
        self.registrations.pop(address, None)

    def send(self, project_id: str, message: Message, now_ms: int, *, validate_only: bool = False) -> str:
        """The message name. Raises FcmError; an accepted push may still be lost."""
        self._raise_scripted_error(message.address)
        registration = self._registration(project_id, message.address)
        if validate_only:
            return f"projects/{project_id}/messages/fake_message_id"
        self.log.append(
            AcceptedSend(message.address, project_id, message.data, message.priority, message.ttl_seconds, now_ms)
        )
        self._store(registration, message, now_ms)
        self._message_number += 1
        return f"projects/{project_id}/messages/0:{now_ms}000%{self._message_number:016x}"

    def collect(self, address: str, now_ms: int) -> list[dict[str, Any]] | None:
        """What an awake phone receives now; None if the registration is gone. Order is not guaranteed."""
        registration = self.registrations.get(address)
        if registration is None:
            return None
        registration.seen_ms = now_ms
        self._drop_expired(registration, now_ms)
        due = [push for push in registration.stored if push.due_ms <= now_ms]
        passed = [push for push in due if not push.is_held_back]
        if passed or any(push.sent_ms + REORDER_PATIENCE_MS <= now_ms for push in due):
            passed += [push for push in due if push.is_held_back]
        registration.stored = [push for push in registration.stored if push not in passed]
        notices: list[dict[str, Any]] = [{"kind": "deleted"}] if registration.has_lost_messages else []
        registration.has_lost_messages = False
        return notices + [_as_received(push) for push in passed]

    def next_due_ms(self, address: str) -> int | None:
        """When `collect` may find something that it does not find now; None if nothing is on its way."""
        registration = self.registrations.get(address)
        if registration is None or not registration.stored:
            return None
        return min(
            max(push.due_ms, push.sent_ms + REORDER_PATIENCE_MS if push.is_held_back else 0)
            for push in registration.stored
        )

    def _raise_scripted_error(self, address: str) -> None:
        fault = self.faults.take_error(address)
        if fault is not None and fault.error is not None:
            raise FcmError(fault.error, retry_after_seconds=fault.retry_after_seconds)

    def _registration(self, project_id: str, address: str) -> Registration:
        registration = self.registrations.get(address)
        if registration is None:
            is_well_formed = ":APA91b" in address or len(address) == 22
            raise FcmError("UNREGISTERED" if is_well_formed else "INVALID_ARGUMENT")
        if registration.project_id != project_id:
            raise FcmError("SENDER_ID_MISMATCH")
        return registration

    def _store(self, registration: Registration, message: Message, now_ms: int) -> None:
        faults = self.faults.take_transport(message.address)
        if FaultKind.LOSE in faults:
            return
        push = self._on_its_way(registration, message, faults, now_ms)
        if push is None:
            return
        copies = faults[FaultKind.DUPLICATE].copies if FaultKind.DUPLICATE in faults else 1
        self._drop_expired(registration, now_ms)
        for _ in range(copies):
            if len(registration.stored) >= MOST_STORED:
                registration.stored, registration.has_lost_messages = [], True
                return
            registration.stored.append(push)

    def _on_its_way(
        self, registration: Registration, message: Message, faults: dict[FaultKind, Fault], now_ms: int
    ) -> Stored | None:
        """None for a push that is to be delivered now or never while the phone is away."""
        due = now_ms + self._rng.randint(*self._latency_ms)
        if FaultKind.DELAY in faults:
            due += round(faults[FaultKind.DELAY].delay_seconds * 1_000)
        expires = now_ms + round(message.ttl_seconds * 1_000)
        if message.ttl_seconds == 0:
            if not self._is_connected(registration, now_ms):
                return None
            expires = due + CONNECTED_FOR_MS
        priority = "normal" if FaultKind.DEPRIORITISE in faults else message.priority
        is_held_back = FaultKind.REORDER in faults
        return Stored(message.data, priority, message.priority, now_ms, due, expires, is_held_back)

    @staticmethod
    def _is_connected(registration: Registration, now_ms: int) -> bool:
        return registration.seen_ms is not None and now_ms - registration.seen_ms <= CONNECTED_FOR_MS

    @staticmethod
    def _drop_expired(registration: Registration, now_ms: int) -> None:
        registration.stored = [push for push in registration.stored if push.expires_ms > now_ms]


def _as_received(push: Stored) -> dict[str, Any]:
    return {
        "kind": "message",
        "data": push.data,
        "priority": push.priority,
        "original_priority": push.original_priority,
        "sent_ms": push.sent_ms,
    }
