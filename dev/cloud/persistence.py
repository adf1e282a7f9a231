"""The engine's items in our journal, and snapshots that make the journal short again."""

import asyncio
import contextlib
import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ministack import app as engine
from ministack.core import persistence, responses
from ministack.services import dynamodb

from dev.cloud.journal import Change, Journal

SNAPSHOT_TRIES = 20


class SnapshotError(Exception):
    """The state could not be written; the journal still has every item."""


class StateDamagedError(Exception):
    """A file of the saved state cannot be read."""


class _Pending(threading.local):
    changes: list[Change] | None = None


class DurableItems:
    """Patch C: journal every item write of the engine, replay it at the start.

    The engine itself saves at a graceful stop only; a `kill -9` would lose everything since the start.
    """

    def __init__(self, journal: Journal, state: Path, tell: Callable[[str], None]) -> None:
        self._journal = journal
        self._state = state
        self._tell = tell
        self._pending = _Pending()
        self._emit: Callable[..., Any] = dynamodb._emit_stream_event
        self._recording = False
        self.failure: Exception | None = None
        """Why the state was not restored; nothing may be served then."""

    def install(self) -> None:
        """Wrap the three engine functions; before the engine serves."""
        self._wrap_item_writes()
        self._wrap_requests()
        self._wrap_loading()

    async def snapshot(self) -> list[Path]:
        """Write the whole state; returns the journal files that it makes superfluous.

        Must run on the engine's loop: between rotation and copy no request may be served.
        Raises SnapshotError, and then no journal file may be deleted.
        """
        before = self._journal.rotate()
        states = self._copy_states()
        await asyncio.to_thread(self._save, states)
        return before

    def _copy_states(self) -> dict[str, Any]:
        return {name: _copied(name, get_state) for name, get_state in engine._build_persistence_save_dict().items()}

    def _save(self, states: dict[str, Any]) -> None:
        kept = {name: state for name, state in states.items() if state is not None}
        before = {name: self._inode(name) for name in kept}
        persistence.save_all({name: (lambda state=state: state) for name, state in kept.items()})
        # save_all only logs its errors; every save writes a new file, so an unchanged inode is a failed save
        if failed := sorted(name for name in kept if self._inode(name) == before[name]):
            raise SnapshotError(f"cannot write the state of {', '.join(failed)} to {self._state}; is the disk full?")

    def _inode(self, name: str) -> int | None:
        path = self._state / f"{name}.json"
        return path.stat().st_ino if path.exists() else None

    def _wrap_item_writes(self) -> None:
        emit = dynamodb._emit_stream_event

        def emit_and_record(
            table_name: str, event_name: str, old_item: Any, new_item: Any, *rest: Any, **named: Any
        ) -> Any:
            if self._recording:
                self._record(_change(table_name, event_name, old_item, new_item))
                return emit(table_name, event_name, old_item, new_item, *rest, **named)
            return None  # a replay: the engine would compare with the wrong old item, so `_replay` emits

        dynamodb._emit_stream_event = emit_and_record
        self._emit = emit

    def _record(self, change: Change) -> None:
        if self._pending.changes is None:
            # a state machine's direct integration: no request around it, and a thread of its own
            self._journal.append([change])
        else:
            self._pending.changes.append(change)

    def _wrap_requests(self) -> None:
        handle = dynamodb.handle_request

        async def handle_and_journal(*arguments: Any, **named: Any) -> Any:
            # the engine's handler never awaits, so no other request can share this buffer
            changes: list[Change] = []
            self._pending.changes = changes
            try:
                return await handle(*arguments, **named)
            finally:
                self._pending.changes = None
                self._journal.append(changes)

        dynamodb.handle_request = handle_and_journal

    def _wrap_loading(self) -> None:
        load = engine._load_persisted_state

        def load_and_replay() -> None:
            try:
                load_then_replay()
            except Exception as error:
                # the server would go on without its state; whoever started it asks for `failure`
                self.failure = error

        def load_then_replay() -> None:
            with _errors_raised():
                load()
            # in a context of its own: replaying sets the account and region of "the current request"
            refused = contextvars.copy_context().run(self._replay_journal)
            if refused:
                self._tell(f"warning: {refused} journalled changes belong to tables that no longer exist")
            self._journal.rotate()
            self._recording = True

        engine._load_persisted_state = load_and_replay

    def _replay_journal(self) -> int:
        return sum(self._replay(change) for line in self._journal.read() for change in line)

    def _replay(self, change: Change) -> bool:
        """Repeat one change; True when the engine refused it."""
        responses.set_request_account_id(change["a"])
        responses.set_request_region(change["r"])
        new_item = change.get("p")
        if new_item is None:
            status, *_ = dynamodb._delete_item({"TableName": change["t"], "Key": change["k"]})
        else:
            status, *_ = dynamodb._put_item({"TableName": change["t"], "Item": new_item})
        if status >= 400:
            return True
        if not change["e"]:
            return False
        # the snapshot may have this change already, and a write that changes nothing has no stream record: emit it
        # here, with the key for the old item, whose other attributes nobody knows any more
        old_item = None if change["e"] == "INSERT" else change["k"]
        self._emit(change["t"], change["e"], old_item, new_item)
        return False


class _Errors(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextlib.contextmanager
def _errors_raised() -> Iterator[None]:
    """Turn logged errors into an exception.

    The engine logs that a file cannot be read and goes on with nothing, and the next save would overwrite the file.
    """
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    if errors.messages:
        raise StateDamagedError("; ".join(errors.messages) + "; restore the state folder from a copy")


def _change(table_name: str, event_name: str, old_item: Any, new_item: Any) -> Change:
    names = [part["AttributeName"] for part in dynamodb._tables[table_name]["KeySchema"]]
    item = old_item if new_item is None else new_item
    change: Change = {
        "a": responses.get_account_id(),
        "r": responses.get_region(),
        "t": table_name,
        "e": "" if old_item == new_item else event_name,
        "k": {name: item[name] for name in names},
    }
    return change if new_item is None else {**change, "p": new_item}


def _copied(name: str, get_state: Callable[[], Any]) -> Any:
    # state machines run in threads of their own and may change a dictionary while it is copied
    for _ in range(SNAPSHOT_TRIES):
        try:
            return get_state()
        except RuntimeError:
            continue
    raise SnapshotError(f"the state of {name} keeps changing while it is copied")
