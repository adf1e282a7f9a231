"""The journal: every item write of the cloud, on disk before its answer leaves."""

import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

NAME = re.compile(r"journal-(\d{8})\.jsonl")


class Change(TypedDict, total=False):
    """One item's write; the keys are short because every write of the cloud carries them.

    a: account, r: region, t: table, e: INSERT, MODIFY or REMOVE (empty: the write changed nothing), k: the key,
    p: the whole new item unless it was removed.
    """

    a: str
    r: str
    t: str
    e: str
    k: dict[str, Any]
    p: dict[str, Any]


class JournalDamagedError(Exception):
    """A line that was written completely cannot be read."""


class Journal:
    """Numbered files of lines; a line is one request's changes, so a transaction is there whole or not at all.

    Lines hold whole images: replaying one twice, or over a newer snapshot, ends in the same items.
    """

    def __init__(self, folder: Path, fsync: bool = False) -> None:
        self._folder = folder
        self._fsync = fsync
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._bytes = 0

    def files(self) -> list[Path]:
        """Journal files, oldest first."""
        return sorted(path for path in self._folder.glob("journal-*.jsonl") if NAME.fullmatch(path.name))

    def read(self) -> Iterator[list[Change]]:
        """Every line of every file in order, without the torn last line of a file. Raises JournalDamagedError."""
        for path in self.files():
            yield from read_lines(path)

    def rotate(self) -> list[Path]:
        """Start a new file; returns the files before it."""
        with self._lock:
            before = self.files()
            number = int(NAME.fullmatch(before[-1].name)[1]) + 1 if before else 1  # type: ignore[index]
            self._close()
            path = self._folder / f"journal-{number:08d}.jsonl"
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._bytes = sum(old.stat().st_size for old in before)
            return before

    def append(self, changes: Sequence[Change]) -> None:
        """Write one line; when this returns, a kill of the process cannot take it back."""
        if not changes:
            return
        line = (json.dumps(changes, separators=(",", ":")) + "\n").encode()
        with self._lock:
            if self._descriptor is None:
                raise RuntimeError("the journal is not open")
            _write_all(self._descriptor, line)
            if self._fsync:
                os.fsync(self._descriptor)
            self._bytes += len(line)

    def discard(self, paths: Sequence[Path]) -> None:
        """Delete files whose changes are in a snapshot."""
        with self._lock:
            for path in paths:
                self._bytes -= path.stat().st_size
                path.unlink()

    def close(self) -> None:
        """Close the open file; appending is an error from here on."""
        with self._lock:
            self._close()

    @property
    def size(self) -> int:
        """Bytes in all files since the first rotation."""
        return self._bytes

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_lines(path: Path) -> Iterator[list[Change]]:
    """The complete lines of a file; a last line without its end was being written during a kill."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                changes: list[Change] = json.loads(line)
            except ValueError as error:
                raise JournalDamagedError(
                    f"{path}, line {number} is damaged; restore the state folder from a copy, or start a fresh one"
                ) from error
            yield changes


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
