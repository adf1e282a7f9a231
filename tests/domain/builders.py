"""Domain objects for tests, complete but for what the test is about."""

from typing import Any

from roost.domain import ids
from roost.domain.messages import Direction, Message, MessageStatus
from roost.domain.phones import Phone, Sim
from roost.domain.reports import Report

NOW = 1_800_000_000_000


def a_message(status: MessageStatus = MessageStatus.LEASED, **members: Any) -> Message:
    """Held by phone 1 under epoch 7 unless the test says otherwise."""
    return Message(
        **{
            "account": "acme",
            "id": ids.message_id(NOW, serial=1),
            "direction": Direction.OUT,
            "peer": "+14155551234",
            "text": "hi",
            "status": status,
            "moves": {MessageStatus.QUEUED: NOW, MessageStatus.DISPATCHING: NOW, status: NOW},
            "segments": 1,
            "expires_at": NOW + 86_400_000,
            "phone": 1,
            "lease_epoch": 7,
            "claim_id": "clm",
            **members,
        }
    )


def a_report(type_: str, **members: Any) -> Report:
    """From phone 1 under epoch 7, a second after NOW."""
    return Report(**{"type": type_, "phone": 1, "attempt": 1, "lease_epoch": 7, "at": NOW + 1_000, **members})


def a_phone(number: int = 1, **members: Any) -> Phone:
    return Phone(
        **{
            "account": "acme",
            "number": number,
            "name": f"Phone {number}",
            "model": "Redmi 8",
            "install_id": f"i{number}",
            "store_id": f"s{number}",
            "token_hash": "",
            "paired_at": NOW,
            "seen_at": NOW,
            "sims": (Sim(0, "a"), Sim(1, "b")),
            **members,
        }
    )
