"""Take in files of contacts: small ones at once, large ones by a link and the import's machine."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import dataclass, replace

from roost.domain.contacts import LONGEST_LABEL
from roost.domain.errors import InvalidRequest, NotFound, TooLarge, TryLater
from roost.domain.imports import MOST_BYTES, ContactImport, ImportStatus, NotUploaded
from roost.domain.instants import minute_of
from roost.runtime.deps import Deps
from roost.runtime.media import media_store
from roost.storage.checks import Check, put_check
from roost.storage.contact_imports import (
    ImportMoved,
    get_import,
    import_work_write,
    import_write,
    imports_before,
    next_import_id,
    put_import,
    refused_rows,
)
from roost.storage.contact_lists import get_list
from roost.storage.number_plan import diallings
from roost.storage.transactions import WriteConflict, commit
from roost.usecases.import_contacts import import_contacts

CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`country`: ISO code, for numbers that name none. `tags`, `list_id`: everybody gets them, is put into it."""

    country: str | None = None
    list_id: int | None = None
    tags: frozenset[str] = frozenset()


def import_at_once(deps: Deps, account: str, content: bytes, options: ImportOptions) -> ContactImport:
    """As far as it gets in the time of a request, unless others keep writing the same contacts; the machine does the
    rest. Raises what `new_import` raises."""
    made = new_import(deps, account, len(content), options)
    media_store().put(made.key, content, CSV)
    _start(deps, made, len(content), by_machine=False)
    with suppress(WriteConflict):
        import_contacts(deps, media_store(), account, made.id)
    read = find_import(deps, account, made.id)
    if read.status is ImportStatus.RUNNING:
        with suppress(WriteConflict):  # the sweep finds it
            commit(deps.contacts, import_work_write(deps.contacts, read, deps.now()))
    return read


def new_import(deps: Deps, account: str, size: int, options: ImportOptions) -> ContactImport:
    """That waits for its file. Raises TooLarge, InvalidRequest and NotFound (a list)."""
    if size > MOST_BYTES:
        raise TooLarge(f"A file may have {MOST_BYTES:,} bytes: split it")
    if size == 0:
        raise InvalidRequest.of("file", "is empty")
    if options.country is not None and options.country not in diallings():
        raise InvalidRequest.of("default_country", "is no ISO 3166-1 code of two capital letters, for example ES")
    if any(not 1 <= len(tag) <= LONGEST_LABEL for tag in options.tags):
        raise InvalidRequest.of("tags", f"must have 1 to {LONGEST_LABEL} characters each")
    if options.list_id is not None and get_list(deps.contacts, account, options.list_id) is None:
        raise NotFound("No such list: GET /v1/lists shows yours")
    number = next_import_id(deps.contacts, account)
    made = ContactImport(
        account=account,
        id=number,
        key=f"{account}/imports/{number}-{deps.entropy(8).hex()}.csv",
        created_at=deps.now(),
        country=options.country,
        list_id=options.list_id,
        tags=options.tags,
        size=size,
    )
    put_import(deps.contacts, made)
    return made


def upload_link(waiting: ContactImport) -> str:
    """Where its file is to be PUT within ten minutes, as `text/csv` of the size that was named."""
    return media_store().upload_link(waiting.key, CSV, waiting.size)


def find_import(deps: Deps, account: str, number: int | None) -> ContactImport:
    """Raises NotFound."""
    found = get_import(deps.contacts, account, number) if number is not None else None
    if found is None:
        raise NotFound("No such import: they are kept for 30 days")
    return found


def list_imports(deps: Deps, account: str, limit: int, before: int | None) -> tuple[list[ContactImport], int | None]:
    """Of the last 30 days, the newest first, and the id to go on behind; None at the end."""
    found = imports_before(deps.contacts, account, before, limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def start_import(deps: Deps, account: str, number: int | None) -> ContactImport:
    """Twice is once. Raises NotFound, NotUploaded, TryLater."""
    found = find_import(deps, account, number)
    if found.status is not ImportStatus.WAITING:
        return found
    size = media_store().size_of(found.key)
    if size is None:
        raise NotUploaded("PUT the file to the upload link first")
    return _start(deps, found, size)


def rows_refused(deps: Deps, account: str, number: int | None) -> str:
    """The first 10,000, as CSV. Raises NotFound."""
    refused = refused_rows(deps.contacts, account, find_import(deps, account, number).id)
    written = io.StringIO()
    csv.writer(written).writerows([("row", "problem"), *((str(row.row), row.problem) for row in refused)])
    return written.getvalue()


def _start(deps: Deps, found: ContactImport, size: int, *, by_machine: bool = True) -> ContactImport:
    """`by_machine` False: somebody is about to read it; the sweep finds what is left if that dies."""
    put_check(deps.devices, minute_of(deps.now()), Check(found.account, contact_import=found.id))
    started = replace(found, status=ImportStatus.RUNNING, size=size)
    try:
        work = [import_work_write(deps.contacts, started, deps.now())] if by_machine else []
        commit(deps.contacts, import_write(deps.contacts, found, started), *work)
    except (ImportMoved, WriteConflict):
        raise TryLater from None
    return replace(started, revision=found.revision + 1)
