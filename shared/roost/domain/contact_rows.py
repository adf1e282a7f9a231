"""What the columns of a file of contacts mean, and a contact as a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from roost.domain.contacts import LONGEST_LABEL, MOST_FIELDS, Contact
from roost.domain.csv_files import escaped, unescaped
from roost.domain.number_plan import Dialling, international

PHONE = "phone"
DO_NOT_CONTACT = "do_not_contact"
NAMES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("phone", "phone_number", "number", "mobile", "mobile_number", "mobile_phone", "cell", "tel", "telephone"),
        PHONE,
    )
    | dict.fromkeys(("first_name", "firstname", "given_name", "forename"), "first_name")
    | dict.fromkeys(("last_name", "lastname", "surname", "family_name"), "last_name")
    | dict.fromkeys(("name", "full_name", "display_name"), "name")
    | dict.fromkeys(("email", "e_mail", "mail", "email_address"), "email")
    | dict.fromkeys(("tags", "tag", "labels"), "tags")
    | dict.fromkeys(("do_not_contact", "opted_out", "opt_out", "unsubscribed"), DO_NOT_CONTACT)
)
"""How people head a column, and what it is; any other heading is a field of their own."""

YES = frozenset({"yes", "y", "true", "t", "1", "1.0", "x", "si", "sí"})
NO = frozenset({"no", "n", "false", "f", "0", "0.0"})
"""A no says nothing: what a number has answered is not for a file to undo."""

OWN = ("first_name", "last_name", "name", "email")
TAG_SEPARATOR = re.compile(r"[,;|]")
SCIENTIFIC = re.compile(r"\+?[0-9]+([.,][0-9]*)?[eE]\+?[0-9]+")
"""What a spreadsheet shows of a long number, and saves: the digits that are not shown are lost."""


class NoPhoneColumn(Exception):
    """The text says which columns there are."""


@dataclass(frozen=True, slots=True)
class BadRow(Exception):
    """`problem`: a sentence without its subject."""

    problem: str


def columns_of(header: Sequence[str]) -> tuple[str, ...]:
    """What each column is, in order. Raises NoPhoneColumn, also for a header that cannot be one."""
    found = tuple(NAMES.get(re.sub(r"[\s-]+", "_", cell.strip().casefold()), cell.strip()) for cell in header)
    if PHONE not in found:
        raise NoPhoneColumn(f"has no column headed phone; its columns are: {', '.join(found)[:200]}")
    named = [name for name in found if name]
    twice = next((name for name in named if named.count(name) > 1 and name != DO_NOT_CONTACT), None)
    if twice is not None:
        raise NoPhoneColumn(f"has two columns that mean {twice}: leave one of them out")
    own = own_fields(found)
    if len(own) > MOST_FIELDS or any(len(name) > LONGEST_LABEL for name in own):
        raise NoPhoneColumn(
            f"has too many columns, or too long headings: {MOST_FIELDS} of {LONGEST_LABEL} characters fit"
        )
    return found


def own_fields(columns: Sequence[str]) -> list[str]:
    """The columns that become fields of the account's own."""
    return [name for name in columns if name and name not in (PHONE, "tags", DO_NOT_CONTACT, *OWN)]


def contact_of(
    columns: Sequence[str], cells: Sequence[str], dialling: Dialling | None, tags: frozenset[str]
) -> tuple[str, dict[str, Any]]:
    """The number, and what the row says about it; an empty cell says nothing. `tags`: everybody gets them. True under
    `do_not_contact`: it wants nothing more. Raises BadRow."""
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise BadRow(f"has {len(cells)} cells, and the header has {len(columns)}")
    said = {name: unescaped(cell.strip()) for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}
    if PHONE not in said:
        raise BadRow("has no phone number")
    number = _number(said[PHONE], dialling)
    changes: dict[str, Any] = {name: said[name] for name in OWN if name in said}
    fields = {name: said[name] for name in own_fields(columns) if name in said}
    named = frozenset(tag.strip() for tag in TAG_SEPARATOR.split(said.get("tags", "")) if tag.strip()) | tags
    changes |= ({"fields": fields} if fields else {}) | ({"tags": named} if named else {})
    return number, changes | ({DO_NOT_CONTACT: True} if _is_opted_out(columns, cells) else {})


def _is_opted_out(columns: Sequence[str], cells: Sequence[str]) -> bool:
    """One yes is enough where several columns say so. Raises BadRow: what cannot be read may be somebody's wish to be
    left alone."""
    said = zip(columns, cells, strict=False)
    words = {cell.strip().casefold() for name, cell in said if name == DO_NOT_CONTACT and cell.strip()}
    if not words <= YES | NO:
        raise BadRow("says neither yes nor no where it says who wants nothing more")
    return not words.isdisjoint(YES)


def _number(text: str, dialling: Dialling | None) -> str:
    """Raises BadRow."""
    if SCIENTIFIC.fullmatch(text):
        raise BadRow(
            "has a phone number as a spreadsheet shortens it (3.46E+10): format the column as text, save it again"
        )
    number = international(text, dialling)
    if number is None:
        hint = "" if dialling else "; numbers without a country need a default_country"
        raise BadRow(f"has no phone number that can be reached{hint}")
    return number


def header_for(fields: Sequence[str]) -> list[str]:
    return [PHONE, *OWN, "tags", DO_NOT_CONTACT, *(escaped(name) for name in fields)]


def row_of(contact: Contact, do_not_contact: bool, fields: Sequence[str]) -> list[str]:
    """A number is written as it is: a plus and digits run nothing."""
    texts = [contact.first_name, contact.last_name, contact.name, contact.email, ",".join(sorted(contact.tags))]
    own = [contact.fields.get(name) for name in fields]
    stopped = "yes" if do_not_contact else "no"
    told = [*texts, stopped, *own]
    return [contact.number, *(escaped(text or "") for text in told)]
