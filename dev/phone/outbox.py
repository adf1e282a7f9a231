"""Events that the server has not acknowledged yet. Written in the transaction of the fact they report."""

from __future__ import annotations

import json
from typing import Any

from dev.phone.clock import Clock, Stamp, age_ms, likely_age_ms, stamp
from dev.phone.jobs import Job
from dev.phone.store import Store
from dev.phone.times import DAY, SECOND, to_wire

CAPACITY = 20_000
BATCH_EVENTS = 100
BATCH_BYTES = 100_000
"""Leaves room below the server's 128 KB for claim and health."""

OUTCOMES = frozenset(
    {
        "job.sent", "job.failed", "job.delivered", "job.undelivered", "job.expired", "job.canceled", "job.unknown",
        "ussd.result",
    }
)  # fmt: skip
SUPERSEDED_BY_AN_OUTCOME = ("job.sending", "job.part_sent")
ALWAYS_URGENT = frozenset(
    {
        "job.failed", "job.undelivered", "job.expired", "job.canceled", "job.unknown", "job.released",
        "sms.received", "mms.received", "call.missed", "ussd.result",
    }
)  # fmt: skip

FIRST_HOLD_MS = 30 * SECOND
LONGEST_HOLD_MS = 900 * SECOND
QUARANTINE_MS = 30 * DAY


class Outbox:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add(
        self, kind: str, data: dict[str, Any], job: Job | None = None, *, at: Stamp | None = None, **members: Any
    ) -> str:
        """Write one event; its id. `at`: when it happened, if not now.

        `members` go beside `data`: `part`, `parts`, and `lease_epoch` where it is not the job's own.
        """
        number = self._store.next_number("event_number")
        event_id = f"evt_{self._store.get('store_id')[3:]}_{number}"
        lease_epoch = members.pop("lease_epoch", job.lease_epoch if job else None)
        about = {"job_id": job.job_id, "attempt": job.attempt} if job else {}
        epoch = {} if lease_epoch is None else {"lease_epoch": lease_epoch}
        body = {"type": kind, **about, **epoch, **members, "data": data}
        if job and kind in OUTCOMES:
            self._drop_superseded(job)
        self._insert(event_id, kind, (job, lease_epoch), body, at or stamp(self._clock))
        return event_id

    def hurry(self, event_id: str) -> None:
        """Somebody waits for this one: it travels within two seconds."""
        self._store.change("UPDATE outbox SET urgent = 1 WHERE event_id = ?", event_id)

    def _insert(
        self, event_id: str, kind: str, about: tuple[Job | None, int | None], body: dict[str, Any], now: Stamp
    ) -> None:
        job, lease_epoch = about
        urgent = kind in ALWAYS_URGENT or (job is not None and job.report_now and kind in OUTCOMES)
        self._store.change(
            """INSERT INTO outbox (event_id, type, job_id, attempt, lease_epoch, body, urgent,
               boot_id, elapsed_ms, wall_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            event_id, kind, job.job_id if job else None, job.attempt if job else None, lease_epoch,
            json.dumps(body, ensure_ascii=False), urgent, now.boot_id, now.elapsed_ms, now.wall_ms,
        )  # fmt: skip

    def _drop_superseded(self, job: Job) -> None:
        """The outcome carries the earlier times; a step the server may have seen already stays."""
        for kind in SUPERSEDED_BY_AN_OUTCOME:
            self._store.change(
                "DELETE FROM outbox WHERE job_id = ? AND attempt = ? AND type = ? AND was_frozen = 0", *job.key, kind
            )

    def has_outcome_of(self, job: Job, lease_epoch: int) -> bool:
        marks = ",".join("?" * len(OUTCOMES))
        found = self._store.row(
            f"""SELECT 1 FROM outbox WHERE job_id = ? AND attempt = ? AND lease_epoch = ?
                AND type IN ({marks}) LIMIT 1""",
            *job.key, lease_epoch, *sorted(OUTCOMES),
        )  # fmt: skip
        return found is not None

    def depth(self) -> int:
        return self._store.count("SELECT count(*) FROM outbox")

    def is_full(self) -> bool:
        return self.depth() >= CAPACITY

    def oldest_seconds(self) -> int:
        row = self._store.row("SELECT boot_id, elapsed_ms, wall_ms FROM outbox ORDER BY seq LIMIT 1")
        return max(0, likely_age_ms(self._clock, Stamp(*row)) // SECOND) if row else 0

    def urgent_age_ms(self) -> int | None:
        """Age of the oldest event that must travel within two seconds; None if there is none."""
        row = self._store.row(
            """SELECT boot_id, elapsed_ms, wall_ms FROM outbox
               WHERE urgent = 1 AND held_boot IS NULL ORDER BY seq LIMIT 1"""
        )
        return age_ms(self._clock, Stamp(*row)) if row else None

    def release_held(self) -> int | None:
        """Let events whose hold is over travel again; milliseconds until the next one, None if none is held."""
        left: list[int] = []
        for row in self._store.rows("SELECT * FROM outbox WHERE held_boot IS NOT NULL"):
            hold = min(LONGEST_HOLD_MS, FIRST_HOLD_MS << min(row["refusals"] - 1, 10))
            age = age_ms(self._clock, Stamp(row["held_boot"], row["held_elapsed_ms"], row["held_wall_ms"]))
            if age < hold:
                left.append(hold - age)
                continue
            with self._store.transaction():
                self._store.change("UPDATE outbox SET held_boot = NULL, urgent = 1 WHERE seq = ?", row["seq"])
        return min(left) if left else None

    def freeze(self, at_most: int) -> int:
        """Mark the oldest events as the next batch; how many. They are not superseded from now on."""
        size, last_seq, count = 0, 0, 0
        for row in self._store.execute(
            "SELECT seq, length(CAST(body AS BLOB)) AS size FROM outbox WHERE held_boot IS NULL ORDER BY seq LIMIT ?",
            min(at_most, BATCH_EVENTS),
        ):
            size += row["size"] + 200
            if count and size > BATCH_BYTES:
                break
            last_seq, count = row["seq"], count + 1
        self._store.change(
            "UPDATE outbox SET in_batch = 1, was_frozen = 1 WHERE seq <= ? AND held_boot IS NULL", last_seq
        )
        return count

    def frozen_events(self) -> list[dict[str, Any]]:
        rows = self._store.rows("SELECT * FROM outbox WHERE in_batch = 1 ORDER BY seq")
        return [
            {
                "event_id": row["event_id"], "seq": row["seq"], "boot_id": row["boot_id"],
                "at_wall": to_wire(row["wall_ms"]), "at_elapsed": row["elapsed_ms"], **json.loads(row["body"]),
            }
            for row in rows
        ]  # fmt: skip

    def take(self, event_id: str) -> dict[str, Any] | None:
        """Remove an event and hand back its body; None if it is not (or no longer) here."""
        row = self._store.row("SELECT body FROM outbox WHERE event_id = ?", event_id)
        if row is None:
            return None
        self._store.change("DELETE FROM outbox WHERE event_id = ?", event_id)
        body: dict[str, Any] = json.loads(row["body"])
        return body

    def quarantine(self, event_id: str, code: str) -> dict[str, Any] | None:
        """Set an event aside for 30 days so that it never blocks the rest."""
        body = self.take(event_id)
        if body is not None:
            self._store.change(
                "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)",
                event_id, body["type"], json.dumps(body, ensure_ascii=False), code, self._clock.wall_ms(),
            )  # fmt: skip
        return body

    def quarantined(self) -> int:
        return self._store.count("SELECT count(*) FROM quarantine")

    def forget_old_quarantine(self) -> None:
        self._store.change("DELETE FROM quarantine WHERE wall_ms < ?", self._clock.wall_ms() - QUARANTINE_MS)

    def is_settled(self) -> bool:
        """Nothing left that may travel now."""
        return self._store.row("SELECT 1 FROM outbox WHERE held_boot IS NULL LIMIT 1") is None

    def hold(self, event_id: str) -> None:
        """`try_later`: stays, and travels again after 30 s, 1 min, 2 min, ... up to 15 min."""
        now = stamp(self._clock)
        self._store.change(
            """UPDATE outbox SET refusals = refusals + 1, held_boot = ?, held_elapsed_ms = ?, held_wall_ms = ?
               WHERE event_id = ?""",
            now.boot_id, now.elapsed_ms, now.wall_ms, event_id,
        )  # fmt: skip

    def frozen_ids(self) -> list[str]:
        return [row["event_id"] for row in self._store.rows("SELECT event_id FROM outbox WHERE in_batch = 1")]

    def thaw(self) -> None:
        self._store.change("UPDATE outbox SET in_batch = 0")
