"""The phone's database as the harness looks at it, beside the process that owns it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from dev.phone.store import SCHEMA_VERSION, Store


class SharedStore(Store):
    """Opens what the Kotlin core made. Changes none of its settings; the core rests while the harness looks."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._is_open = False
        version = self.count("PRAGMA user_version")
        assert version == SCHEMA_VERSION, f"the core's tables are version {version}, the twin's {SCHEMA_VERSION}"
