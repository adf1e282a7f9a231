"""Read the next part of an uploaded file into contacts. Rows and progress are one transaction: whoever is killed, and
whoever looks twice, finds each row done once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from roost.domain.contact_rows import (
    DO_NOT_CONTACT,
    PHONE,
    BadRow,
    NoPhoneColumn,
    columns_of,
    contact_of,
    own_fields,
)
from roost.domain.contacts import Contact, described, subscribed
from roost.domain.csv_files import NoCsv, Row, check_is_csv, lines_of, rows_of, separator_of
from roost.domain.errors import InvalidRequest
from roost.domain.imports import MOST_ERRORS, MOST_ROWS, ContactImport, ImportStatus, RefusedRow
from roost.domain.instants import SECOND, rfc3339
from roost.domain.number_plan import is_whole
from roost.domain.opt_outs import after_import
from roost.outbound.media_store import MediaStore
from roost.runtime.deps import Deps
from roost.storage.contact_fields import learn_fields
from roost.storage.contact_imports import ImportMoved, get_import, import_write, refused_write
from roost.storage.contacts import ContactChanged, contact_writes, get_contacts, size_of
from roost.storage.number_plan import dialling_behind, diallings
from roost.storage.opt_outs import get_opt_outs, opt_out_write
from roost.storage.transactions import Changed, Write, WriteConflict, commit

TIME_BUDGET = 15 * SECOND
"""Less than the function's time-out by far more than one group."""

GROUP = 90
"""A transaction holds 100 items: the refused rows, the progress, and for each row its contact, its place in a list and
its opt-out, if the file has those."""

MOST_GROUP_BYTES = 3_000_000
"""Of contacts. A transaction holds 4 MB; a contact with 50 long fields has up to 130 KB."""

TRIES = 8

CUT_OFF = (
    "may be cut off: the file ends in its number, which is no mobile number's length in its country; "
    "if it is right, end the file with a line break"
)


@dataclass(slots=True)
class Group:
    """Rows that are written together: contacts before and after, who wants nothing more, what became of each row."""

    contacts: dict[str, tuple[Contact | None, Contact]] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "updated": 0, "unchanged": 0, "refused": 0})
    refused: list[RefusedRow] = field(default_factory=list)


def import_contacts(deps: Deps, store: MediaStore, account: str, number: int) -> dict[str, Any]:
    """`{"done": True}`, or `{"done": False, "wait_until": RFC 3339}` when time ran out."""
    found = get_import(deps.contacts, account, number)
    if found is None or found.status is not ImportStatus.RUNNING:
        return {"done": True}
    try:
        done = _read_on(deps, store, found, deps.now() + TIME_BUDGET)
    except ImportMoved:
        done = False
    except (NoCsv, NoPhoneColumn) as refusal:
        _end(deps, found, ImportStatus.FAILED, str(refusal))
        done = True
    return {"done": True} if done else {"done": False, "wait_until": rfc3339(deps.now())}


def _read_on(deps: Deps, store: MediaStore, found: ContactImport, stop_at: int) -> bool:
    """Whether the file is at its end."""
    if found.row == 0:
        found = _read_header(deps, store, found)
    rows = rows_of(lines_of(store.read_from(found.key, found.offset, found.size), found.offset), found.separator)
    size = GROUP // (1 + (found.list_id is not None) + (DO_NOT_CONTACT in found.columns))
    left: list[Row] = []
    while some := [*left, *islice(rows, size - len(left))]:
        if found.row - 1 + len(some) > MOST_ROWS:
            problem = f"has more than {MOST_ROWS:,} rows: what stands before them was imported, upload the rest alone"
            _end(deps, found, ImportStatus.FAILED, problem)
            return True
        found = _write(deps, found, some)
        left = [row for row in some if row.end > found.offset]
        if deps.now() > stop_at:
            return False
    _end(deps, found, ImportStatus.COMPLETED, None)
    return True


def _read_header(deps: Deps, store: MediaStore, found: ContactImport) -> ContactImport:
    """Raises NoCsv and NoPhoneColumn."""
    chunks = iter(store.read_from(found.key, 0, found.size))
    beginning = next(chunks, b"")
    check_is_csv(beginning)
    first = next((line.text for line in lines_of([beginning], 0) if line.text is None or line.text.strip()), None)
    separator = separator_of(first or "")
    header = next(rows_of(lines_of(chain([beginning], chunks), 0), separator), None)
    if header is None:
        raise NoCsv("is empty")
    if header.problem is not None:
        raise NoCsv(f"has a first row that {header.problem}")
    columns = columns_of(header.cells)
    learn_fields(deps.contacts, found.account, own_fields(columns))
    after = replace(found, columns=columns, separator=separator, offset=header.end, row=1, blank=header.blank_before)
    commit(deps.contacts, import_write(deps.contacts, found, after))
    return replace(after, revision=found.revision + 1)


def _write(deps: Deps, found: ContactImport, rows: Sequence[Row]) -> ContactImport:
    """As many of the rows as one transaction holds, one at least. Raises ImportMoved when another look was faster,
    WriteConflict when others keep writing the same contacts."""
    for tries in range(TRIES):
        group, rows = _fitting(deps, found, rows)
        counts = {name: getattr(found, name) + count for name, count in group.counts.items()}
        blank = found.blank + sum(row.blank_before for row in rows)
        after = replace(found, offset=rows[-1].end, row=found.row + len(rows), blank=blank, **counts)
        kept = group.refused[: max(0, MOST_ERRORS - found.refused)]
        writes = [
            write
            for before, contact in group.contacts.values()
            for write in contact_writes(deps.contacts, before, contact)
        ]
        told = [refused_write(deps.contacts, found, kept)] if kept else []
        stops = _opt_outs(deps, found, group)
        try:
            commit(deps.contacts, import_write(deps.contacts, found, after), *told, *writes, *stops)
        except (ContactChanged, Changed, WriteConflict):
            deps.back_off(tries)
            continue
        return replace(after, revision=found.revision + 1)
    raise WriteConflict


def _fitting(deps: Deps, found: ContactImport, rows: Sequence[Row]) -> tuple[Group, Sequence[Row]]:
    """What is written is weighed: about a contact of which the file says little much may be known."""
    group = _decided(deps, found, rows)
    while len(rows) > 1 and sum(size_of(contact) for _, contact in group.contacts.values()) > MOST_GROUP_BYTES:
        rows = rows[: len(rows) // 2]
        group = _decided(deps, found, rows)
    return group, rows


def _decided(deps: Deps, found: ContactImport, rows: Sequence[Row]) -> Group:
    """A number that stands twice in the file is one contact: the later row tells more about it."""
    group = Group()
    said = []
    place = found.row + found.blank
    for row in rows:
        place += row.blank_before + 1
        try:
            said.append((place, _said_by(found, row)))
        except BadRow as bad:
            _refuse(group, place, bad.problem)
    numbers = dict.fromkeys(number for _, (number, _) in said)
    known = {
        contact.number: contact
        for contact in get_contacts(deps.contacts, found.account, iter(numbers), consistent=True)
    }
    for place, (number, changes) in said:
        if changes.get(DO_NOT_CONTACT):
            group.opted_out.add(number)
        stored = known.get(number)
        _, before = group.contacts.get(number, (None, stored))
        try:
            after = _changed(found, before or Contact(found.account, number, deps.now()), changes)
        except InvalidRequest as refusal:
            _refuse(group, place, refusal.detail)
            continue
        group.counts["created" if before is None else "unchanged" if after == before else "updated"] += 1
        if after != stored:
            group.contacts[number] = (stored, after)
    return group


def _opt_outs(deps: Deps, found: ContactImport, group: Group) -> list[Write]:
    """Also of numbers that a refused row names. What waits for them is stopped when a phone claims it."""
    before = get_opt_outs(deps.contacts, found.account, group.opted_out) if group.opted_out else {}
    decided = {number: after_import(before.get(number), deps.now()) for number in sorted(group.opted_out)}
    return [
        opt_out_write(deps.contacts, found.account, number, before.get(number), after)
        for number, after in decided.items()
        if after is not None
    ]


def _said_by(found: ContactImport, row: Row) -> tuple[str, dict[str, Any]]:
    """Raises BadRow."""
    if row.problem is not None:
        raise BadRow(row.problem)
    is_last = row.cut_off and row.end >= found.size
    if is_last and len(row.cells) < len(found.columns):
        raise BadRow("is cut off: the file ends in the middle of it")
    number, changes = contact_of(found.columns, row.cells, diallings().get(found.country or ""), found.tags)
    if is_last and found.columns[-1] == PHONE and not is_whole(number, dialling_behind(number)):
        raise BadRow(CUT_OFF)
    return number, changes


def _changed(found: ContactImport, contact: Contact, changes: dict[str, Any]) -> Contact:
    """Tags are added to those it has. Raises InvalidRequest."""
    if "tags" in changes:
        changes = {**changes, "tags": contact.tags | changes["tags"]}
    after = described(contact, changes)
    return subscribed(after, found.list_id) if found.list_id is not None else after


def _refuse(group: Group, place: int, problem: str) -> None:
    group.counts["refused"] += 1
    group.refused.append(RefusedRow(place, problem))


def _end(deps: Deps, found: ContactImport, status: ImportStatus, problem: str | None) -> None:
    """Raises ImportMoved."""
    current = get_import(deps.contacts, found.account, found.id) or found
    after = replace(current, status=status, problem=problem, completed_at=deps.now())
    commit(deps.contacts, import_write(deps.contacts, current, after))
