"""Contacts as CSV, a part at a time."""

from __future__ import annotations

import csv
import io
from itertools import islice

from roost.domain.audiences import ContactFilter
from roost.domain.contact_rows import header_for, row_of
from roost.domain.contacts import contact_id
from roost.runtime.deps import Deps
from roost.storage.contact_fields import field_names
from roost.usecases.manage_contacts import candidates, opted_out

PART = 5_000
"""Contacts looked at for one part: some 1 MB of the 6 that an answer may have."""

AT_ONCE = 500


def export_contacts(deps: Deps, account: str, wanted: ContactFilter, after: int | None) -> tuple[str, int | None]:
    """CSV, and the id to go on behind, None at the end. The header stands in the first part only: the parts one after
    another are one file."""
    written = io.StringIO()
    writer = csv.writer(written)
    fields = sorted(field_names(deps.contacts, account))
    if after is None:
        writer.writerow(header_for(fields))
    contacts = islice(candidates(deps, account, wanted, after), PART)
    examined, last = 0, after
    while some := list(islice(contacts, AT_ONCE)):
        matching = [contact for contact in some if wanted.matches(contact)]
        stopped = opted_out(deps, account, matching)
        writer.writerows(row_of(contact, contact.number in stopped, fields) for contact in matching)
        examined, last = examined + len(some), contact_id(some[-1].number)
    return written.getvalue(), last if examined == PART else None
