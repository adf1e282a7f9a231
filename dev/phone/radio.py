"""A simulated modem and carrier. It outlives the phone's process, as real ones do, and keeps its own log."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dev.phone.broadcasts import (
    BROADCASTS,
    OUTLIVES_A_REBOOT,
    Broadcast,
    DeliveryReport,
    InboundMms,
    InboundSms,
    MissedCall,
    SentResult,
    UssdAnswer,
)
from dev.phone.fates import RESULT_OK, Fate, Fates, Latency
from dev.phone.sims import Service, Sim, SimTray
from dev.phone.times import SECOND
from dev.phone.usage_monitor import UsageMonitor

SCHEMA = """
CREATE TABLE IF NOT EXISTS radio_log (
    n INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT, attempt INTEGER, part INTEGER, parts INTEGER,
    slot INTEGER, sim_id TEXT, recipient TEXT, at_ms INTEGER
);
CREATE TABLE IF NOT EXISTS on_the_air (
    n INTEGER PRIMARY KEY AUTOINCREMENT, due_ms INTEGER, kind TEXT, body TEXT
);
CREATE INDEX IF NOT EXISTS on_the_air_by_due ON on_the_air (due_ms, n);
CREATE TABLE IF NOT EXISTS sent_box (
    job_id TEXT, attempt INTEGER, recipient TEXT, text TEXT, at_ms INTEGER, status TEXT,
    PRIMARY KEY (job_id, attempt)
);
CREATE TABLE IF NOT EXISTS inbox (
    provider_id INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT, text TEXT, sim_id TEXT, smsc_ms INTEGER,
    parts INTEGER, visible_ms INTEGER
);
"""


@dataclass(frozen=True, slots=True)
class RadioCall:
    """One part handed to the modem. `at_ms` is true time; the log holds no text."""

    job_id: str
    attempt: int
    part: int
    parts: int
    slot: int
    sim_id: str
    recipient: str
    at_ms: int


class SimulatedRadio:
    """`send` returns at once; results, reports and inbound texts come out of `take_due` when their time has come."""

    def __init__(
        self,
        path: Path,
        true_now_ms: Callable[[], int],
        tray: SimTray,
        latency: Latency | None = None,
        monitor: UsageMonitor | None = None,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self.now_ms = true_now_ms
        self._tray = tray
        self._latency = latency or Latency()
        self.monitor = monitor or UsageMonitor()
        self.fates = Fates()

    def send(
        self, job: tuple[str, int], sim: tuple[int, Sim], message: tuple[str, str], *, parts: int, wants_report: bool
    ) -> None:
        """`sendMultipartTextMessage`: `job` is (job_id, attempt), `sim` (slot, SIM), `message` (recipient, text)."""
        recipient, text = message
        slot, card = sim
        now = self.now_ms()
        for part in range(1, parts + 1):
            self._log_call(RadioCall(*job, part, parts, slot, card.sim_id, recipient, now))
        self._file_in_sent_box(job, recipient, text)
        fates = self._fates_of(slot, recipient, parts)
        for part, fate in enumerate(fates, start=1):
            self._schedule_part(job, part, fate if wants_report else replace(fate, tp_statuses=()))
        if fates[0].reply is not None and fates[0].result == RESULT_OK:
            self._schedule_reply(card, recipient, fates[0].reply.format(text=text), parts)

    def run_ussd(self, job: tuple[str, int], sim: tuple[int, Sim], code: str) -> None:
        """`sendUssdRequest`; the fate of the code says what the network answers, if it does."""
        slot, card = sim
        call = RadioCall(*job, 1, 1, slot, card.sim_id, code, self.now_ms())
        self._log_call(call)
        fate = self.fates.ussd
        if fate.answer is not None or fate.failure is not None:
            answer = UssdAnswer(*job, fate.answer, fate.failure or 0)
            self._put_on_air(self.now_ms() + self._ms(None, fate.after_seconds), "ussd", asdict(answer))

    def receive_mms(self, sender: str, text: str, sim_id: str, parts: list[tuple[str, bytes]]) -> InboundMms:
        """An MMS that the system has downloaded; `parts`: content type and content."""
        number = self._db.execute("SELECT count(*) FROM on_the_air").fetchone()[0] + self.now_ms()
        encoded = [(content_type, base64.b64encode(content).decode()) for content_type, content in parts]
        mms = InboundMms(number, sender, text, sim_id, encoded)
        self._put_on_air(self.now_ms(), "mms", asdict(mms))
        return mms

    def miss_call(self, sender: str | None, sim_id: str) -> None:
        """The phone rings, and stops."""
        self._put_on_air(self.now_ms(), "missed_call", asdict(MissedCall(sender, sim_id)))

    def _fates_of(self, slot: int, recipient: str, parts: int) -> list[Fate]:
        service = self._tray.service_of(slot)
        if service is not Service.IN_SERVICE:
            return [Fate(result=2 if service is Service.RADIO_OFF else 4, tp_statuses=())] * parts
        blocked = self.monitor.judge(self.now_ms(), parts)
        return [blocked or self.fates.of(recipient, part) for part in range(1, parts + 1)]

    def _schedule_part(self, job: tuple[str, int], part: int, fate: Fate) -> None:
        result_at = self.now_ms() + self._ms(fate.result_after_seconds, self._latency.result * part)
        if fate.result is not None:
            self._put_on_air(result_at, "sent", asdict(SentResult(*job, part, fate.result, fate.error_code)))
        report_at = result_at
        for tp_status in fate.tp_statuses:
            report_at += self._ms(fate.report_after_seconds, self._latency.report)
            self._put_on_air(report_at, "report", asdict(DeliveryReport(*job, part, tp_status)))
        self._db.execute(
            "UPDATE sent_box SET status = ? WHERE job_id = ? AND attempt = ? AND status != 'failed'",
            (fate.sent_box_status, *job),
        )

    def _schedule_reply(self, card: Sim, sender: str, text: str, parts: int) -> None:
        after = self._latency.result * parts + self._latency.report + self._latency.reply
        self.receive(sender, text, card.sim_id, after_seconds=after)

    def _ms(self, own_seconds: float | None, usual_seconds: float) -> int:
        seconds = usual_seconds if own_seconds is None else own_seconds * self._latency.late_factor
        return round(seconds * SECOND)

    def receive(
        self, sender: str, text: str, sim_id: str, *, after_seconds: float = 0, parts: int = 1,
        smsc_ms: int | None = None, is_broadcast: bool = True,
    ) -> int:  # fmt: skip
        """A text arrives; its inbox row. Without broadcast it is only found by reconciling with the inbox."""
        due = self.now_ms() + round(after_seconds * SECOND)
        smsc = (due if smsc_ms is None else smsc_ms) // SECOND * SECOND
        cursor = self._db.execute(
            "INSERT INTO inbox (sender, text, sim_id, smsc_ms, parts, visible_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (sender, text, sim_id, smsc, parts, due),
        )
        provider_id = int(cursor.lastrowid or 0)
        if is_broadcast:
            inbound = InboundSms(provider_id, sender, text, sim_id, smsc, parts)
            self._put_on_air(due, "inbound", asdict(inbound))
        return provider_id

    def broadcast(self, event: Broadcast, *, after_seconds: float = 0) -> None:
        """Script one broadcast by hand: a late, repeated or contradicting result."""
        kind = next(name for name, cls in BROADCASTS.items() if isinstance(event, cls))
        self._put_on_air(self.now_ms() + round(after_seconds * SECOND), kind, asdict(event))

    def take_due(self) -> Broadcast | None:
        """The next broadcast whose time has come. Gone from the air even if the receiver dies with it."""
        row = self._db.execute(
            "SELECT n, kind, body FROM on_the_air WHERE due_ms <= ? ORDER BY due_ms, n LIMIT 1", (self.now_ms(),)
        ).fetchone()
        if row is None:
            return None
        self._db.execute("DELETE FROM on_the_air WHERE n = ?", (row[0],))
        return BROADCASTS[row[1]](**json.loads(row[2]))

    def next_due_ms(self) -> int | None:
        """True time of the next broadcast."""
        found = self._db.execute("SELECT min(due_ms) FROM on_the_air").fetchone()[0]
        return None if found is None else int(found)

    def log(self) -> list[RadioCall]:
        """Every part the modem was ever asked to send, oldest first."""
        rows = self._db.execute(
            "SELECT job_id, attempt, part, parts, slot, sim_id, recipient, at_ms FROM radio_log ORDER BY n"
        )
        return [RadioCall(*row) for row in rows]

    def sent_box_status(self, recipient: str, text: str, since_ms: int, until_ms: int) -> str | None:
        """What the system's sent folder says: sent, failed, queued, or None without such a row. True times."""
        row = self._db.execute(
            """SELECT status FROM sent_box WHERE recipient = ? AND text = ? AND at_ms BETWEEN ? AND ?
               AND status != 'missing' ORDER BY at_ms LIMIT 1""",
            (recipient, text, since_ms, until_ms),
        ).fetchone()
        return None if row is None else str(row[0])

    def inbox(self) -> list[InboundSms]:
        """Rows of the system's inbox that are visible by now."""
        rows = self._db.execute(
            "SELECT provider_id, sender, text, sim_id, smsc_ms, parts FROM inbox WHERE visible_ms <= ?",
            (self.now_ms(),),
        )
        return [InboundSms(*row) for row in rows]

    def lose_awaited_reports(self) -> None:
        """A reboot: the system kept the list of awaited delivery reports, and the open result intents, in memory."""
        kept = ",".join(f"'{kind}'" for kind in OUTLIVES_A_REBOOT)
        self._db.execute(f"DELETE FROM on_the_air WHERE kind NOT IN ({kept})")

    def _log_call(self, call: RadioCall) -> None:
        self._db.execute(
            """INSERT INTO radio_log (job_id, attempt, part, parts, slot, sim_id, recipient, at_ms)
               VALUES (:job_id, :attempt, :part, :parts, :slot, :sim_id, :recipient, :at_ms)""",
            asdict(call),
        )

    def _file_in_sent_box(self, job: tuple[str, int], recipient: str, text: str) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO sent_box VALUES (?, ?, ?, ?, ?, 'queued')", (*job, recipient, text, self.now_ms())
        )

    def _put_on_air(self, due_ms: int, kind: str, body: dict[str, Any]) -> None:
        self._db.execute(
            "INSERT INTO on_the_air (due_ms, kind, body) VALUES (?, ?, ?)", (due_ms, kind, json.dumps(body))
        )

    def close(self) -> None:
        self._db.close()
