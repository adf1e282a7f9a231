"""The phone's database: SQLite with durable commits. Everything that must outlive the process is in it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 3
SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    received INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL, attempt INTEGER NOT NULL,
    lease_epoch INTEGER NOT NULL, lease_grant TEXT NOT NULL, state TEXT NOT NULL,
    kind TEXT NOT NULL, recipient TEXT, text TEXT, mms TEXT, content_mark TEXT NOT NULL,
    slot INTEGER, sim_id TEXT, priority INTEGER NOT NULL,
    not_before_ms INTEGER, not_after_ms INTEGER, lease_until_ms INTEGER,
    delivery_report INTEGER NOT NULL, report_now INTEGER NOT NULL,
    segments INTEGER, waited_for TEXT,
    handed_boot TEXT, handed_elapsed_ms INTEGER, handed_wall_ms INTEGER,
    times TEXT NOT NULL DEFAULT '{}', outcome TEXT,
    UNIQUE (job_id, attempt)
);
CREATE TABLE IF NOT EXISTS parts (
    job_id TEXT NOT NULL, attempt INTEGER NOT NULL, part INTEGER NOT NULL,
    sent_code INTEGER, error_code INTEGER, tp_status INTEGER,
    PRIMARY KEY (job_id, attempt, part)
);
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
    job_id TEXT, attempt INTEGER, lease_epoch INTEGER,
    body TEXT NOT NULL, urgent INTEGER NOT NULL,
    boot_id TEXT NOT NULL, elapsed_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    was_frozen INTEGER NOT NULL DEFAULT 0, in_batch INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0,
    held_boot TEXT, held_elapsed_ms INTEGER, held_wall_ms INTEGER
);
CREATE INDEX IF NOT EXISTS outbox_by_job ON outbox (job_id, attempt);
CREATE TABLE IF NOT EXISTS quarantine (
    event_id TEXT PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL, wall_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS batch (one INTEGER PRIMARY KEY CHECK (one = 1), batch_id TEXT NOT NULL, claim TEXT);
CREATE TABLE IF NOT EXISTS governor (
    boot_id TEXT NOT NULL, elapsed_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    day TEXT NOT NULL, sim_id TEXT NOT NULL, segments INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS inbound (
    fingerprint TEXT PRIMARY KEY, provider_id INTEGER, wall_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS mms_in (provider_id INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class StoreOfAnotherVersion(Exception):
    """The database cannot be read; its text says what to do."""


class Store:
    """One connection, used by one thread. Every change happens inside `transaction()`."""

    def __init__(self, path: Path, new_id: Callable[[str], str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA secure_delete=ON")
        self._make_tables(path)
        self._is_open = False
        if self.get("store_id") is None:
            with self.transaction():
                self.put("store_id", new_id("st"))

    def _make_tables(self, path: Path) -> None:
        version = self.count("PRAGMA user_version")
        if version not in (0, SCHEMA_VERSION) or (version == 0 and self.count("SELECT count(*) FROM sqlite_master")):
            self._connection.close()
            raise StoreOfAnotherVersion(
                f"{path} was made by another version of the virtual phone: delete {path.parent} and pair again, "
                "or use another --store"
            )
        self._connection.executescript(SCHEMA)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it returns. An inner transaction joins the outer one."""
        if self._is_open:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._is_open = True
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._is_open = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def change(self, sql: str, *values: Any) -> int:
        """A write; rows changed. Outside a transaction it would be durable on its own, which hides a missing one."""
        if not self._is_open:
            raise RuntimeError("a state change needs a transaction")
        return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def count(self, sql: str, *values: Any) -> int:
        found = self.row(sql, *values)
        return int(found[0]) if found and found[0] is not None else 0

    def get(self, key: str) -> Any:
        found = self.row("SELECT value FROM kv WHERE key = ?", key)
        return json.loads(found["value"]) if found else None

    def put(self, key: str, value: Any) -> None:
        """`None` forgets the key."""
        if value is None:
            self.change("DELETE FROM kv WHERE key = ?", key)
            return
        self.change("INSERT OR REPLACE INTO kv (key, value) VALUES (?, ?)", key, json.dumps(value))

    def next_number(self, name: str) -> int:
        """1, 2, 3, ... per name and database, also over restarts."""
        number = int(self.get(name) or 0) + 1
        self.put(name, number)
        return number

    def close(self) -> None:
        self._connection.close()
