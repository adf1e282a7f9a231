"""The ledger of an account: every charge, refund and top-up as a line; all lines together are its balances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    RECHARGE = "recharge"
    """A message that was refunded has been sent after all."""
    TOP_UP = "top_up"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """`credits`, `micro_usd`: signed. `message_id`: of a charge and what follows from it, the first one of a batch.
    `id`: its place in the ledger, newest last.
    """

    account: str
    id: str
    at: int
    kind: EntryKind
    credits: int = 0
    micro_usd: int = 0
    message_id: int | None = None
    note: str = ""
