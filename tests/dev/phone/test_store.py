"""The database: transactions, durability, versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dev.phone.components import random_id
from dev.phone.store import Store, StoreOfAnotherVersion


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "phone.sqlite", random_id)

    def die_half_way() -> None:
        with store.transaction():
            store.put("a", 1)
            with store.transaction():
                store.put("b", 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_half_way()
    assert (store.get("a"), store.get("b")) == (None, None)
    with store.transaction():
        store.put("a", 3)
    assert store.get("a") == 3
    store.close()


def test_a_state_change_outside_a_transaction_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "phone.sqlite", random_id)
    with pytest.raises(RuntimeError, match="needs a transaction"):
        store.put("a", 1)
    store.close()


def test_commits_are_durable_and_numbers_never_repeat(tmp_path: Path) -> None:
    store = Store(tmp_path / "phone.sqlite", random_id)
    assert store.count("PRAGMA synchronous") == 2
    identity = store.get("store_id")
    with store.transaction():
        assert store.next_number("event_number") == 1
    store.close()
    again = Store(tmp_path / "phone.sqlite", random_id)
    with again.transaction():
        assert again.next_number("event_number") == 2
    assert again.get("store_id") == identity
    again.close()


def test_a_wiped_database_has_another_identity(tmp_path: Path) -> None:
    first, second = (Store(tmp_path / name / "phone.sqlite", random_id) for name in ("a", "b"))
    assert first.get("store_id") != second.get("store_id")
    first.close()
    second.close()


def test_a_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "phone.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE jobs (job_id TEXT)")
    other.close()
    with pytest.raises(StoreOfAnotherVersion, match="another --store"):
        Store(path, random_id)
