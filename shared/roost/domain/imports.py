"""An import of contacts from a file: how far it is, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from roost.domain.errors import RoostError
from roost.domain.instants import DAY

MOST_BYTES = 500_000_000
MOST_ROWS = 1_000_000
MOST_ERRORS = 10_000
"""Kept to be downloaded, a megabyte; of more only the count is."""

KEEP = 30 * DAY


class ImportStatus(StrEnum):
    WAITING = "waiting"
    """For its file."""
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class NotUploaded(RoostError):
    status, code, title = 409, "not_uploaded", "The file of this import is not there yet"


@dataclass(frozen=True, slots=True)
class ContactImport:
    """`offset`: how many bytes of the file are done with; `row`: rows of that, the header among them; `blank`: empty
    lines of that. `columns` and `separator` are known once the header was read. `created`, `updated`, `unchanged`,
    `refused`: rows by outcome.

    `problem`: why it failed, without its subject.
    """

    account: str
    id: int
    key: str
    created_at: int
    country: str | None = None
    list_id: int | None = None
    tags: frozenset[str] = frozenset()
    status: ImportStatus = ImportStatus.WAITING
    size: int = 0
    offset: int = 0
    row: int = 0
    blank: int = 0
    columns: tuple[str, ...] = ()
    separator: str = ","
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    completed_at: int | None = None
    problem: str | None = None
    revision: int = 1

    @property
    def progress(self) -> int:
        """Of the file, 0 to 100."""
        return 100 if self.status is ImportStatus.COMPLETED else 100 * self.offset // max(self.size, 1)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`row`: as a spreadsheet counts. The header is 1 if nothing stands before it, empty lines count, and a cell with
    line breaks is in one row."""

    row: int
    problem: str
