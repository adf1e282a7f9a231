"""The frozen batch: its events and claim stay the same until an answer arrives, also over a crash (protocol §5.3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dev.phone.outbox import BATCH_EVENTS, Outbox
from dev.phone.store import Store


@dataclass(frozen=True, slots=True)
class Batch:
    """`claim` without `have`, which is refreshed for every call."""

    batch_id: str
    events: list[dict[str, Any]]
    claim: dict[str, Any] | None


class Batches:
    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def frozen(self) -> Batch | None:
        row = self._store.row("SELECT batch_id, claim FROM batch")
        if row is None:
            return None
        claim = json.loads(row["claim"]) if row["claim"] else None
        return Batch(row["batch_id"], self._outbox.frozen_events(), claim)

    def is_frozen(self) -> bool:
        return self._store.row("SELECT 1 FROM batch") is not None

    def freeze(self, claim: dict[str, Any] | None) -> Batch:
        """`claim` without an id gets a new one here."""
        with self._store.transaction():
            suffix = self._store.get("store_id")[3:]
            number = self._store.next_number("batch_number")
            if claim is not None:
                claim = {"claim_id": f"clm_{suffix}_{number}", **claim}
            self._outbox.thaw()
            self._outbox.freeze(self._limit())
            self._store.change(
                "INSERT OR REPLACE INTO batch (one, batch_id, claim) VALUES (1, ?, ?)",
                f"bat_{suffix}_{number}", json.dumps(claim) if claim is not None else None,
            )  # fmt: skip
        batch = self.frozen()
        assert batch is not None
        return batch

    def drop(self) -> None:
        """An answer that applied nothing: the events stay for another batch, the claim is forgotten."""
        with self._store.transaction():
            self._outbox.thaw()
            self._store.change("DELETE FROM batch")

    def halve(self, batch: Batch, code: str) -> None:
        """The server cannot take this batch: try half of it, and quarantine an event that is refused alone."""
        with self._store.transaction():
            self.drop()
            if len(batch.events) == 1:
                self._outbox.quarantine(batch.events[0]["event_id"], code)
            halved = len(batch.events) // 2
            self._store.put("batch_limit", halved if halved else None)

    def is_bisecting(self) -> bool:
        """While looking for a bad event nothing but events travels."""
        return self._store.get("batch_limit") is not None

    def applied(self) -> None:
        """Back to full batches once the halved ones have emptied the outbox."""
        if self.is_bisecting() and self._outbox.depth() == 0:
            with self._store.transaction():
                self._store.put("batch_limit", None)

    def _limit(self) -> int:
        return int(self._store.get("batch_limit") or BATCH_EVENTS)
