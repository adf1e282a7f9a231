"""Numbers as people write them, made international: with a plus, with an exit code, or as dialled inside a country."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from roost.domain.phone_numbers import as_e164, is_e164

DECORATION = re.compile(r"[\s().\-/\u200b\u200e\u200f\u2010-\u2015\u202a-\u202e\u2066-\u2069]+")
"""What people put between digits, and the invisible marks that come along with copying."""

OPTIONAL_TRUNK = re.compile(r"^(\+.*?)\(0\)")
"""+44 (0)20: the zero is only dialled inside the country."""

WRITTEN_AS_FLOAT = re.compile(r"^(\+?[0-9]+)[.,]0{1,2}$")
"""What spreadsheets and data frames make of a column of numbers: without this its zero would be one digit more."""

LONGEST_SHORT_CODE = 6
"""Of digits: what companies send from. It is nobody's number, and some countries have numbers as short."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """`code`: the country's calling code; `trunk`: what is dialled before a number inside it and never from outside;
    `exit`: what is dialled before a foreign number; `lengths`: digits that a number has behind code or trunk; `mobile`:
    those of them that mobile numbers have."""

    code: str
    trunk: str
    exit: str
    lengths: tuple[int, ...]
    mobile: tuple[int, ...] = ()


def international(text: str, dialling: Dialling | None) -> str | None:
    """The E.164 number somebody meant, None if that cannot be said. `dialling`: of the country it was written in."""
    whole = WRITTEN_AS_FLOAT.sub(r"\1", text.strip())
    bare = DECORATION.sub("", OPTIONAL_TRUNK.sub(r"\1", whole))
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif dialling is not None and bare.isascii() and bare.isdigit():
        bare = _from_inside(bare, dialling)
    return bare if is_e164(bare) else None


def is_whole(number: str, dialling: Dialling | None) -> bool:
    """Whether an E.164 number has a length of its country's mobile numbers. `dialling`: of that country."""
    return dialling is not None and len(number) - len(f"+{dialling.code}") in dialling.mobile


def number_of_sender(sender: str, dialling: Dialling | None) -> str | None:
    """Whose number a handset shows, also where its network leaves the country out; None for names and short codes.
    `dialling`: of the receiving SIM's country. Where landline numbers have many lengths, only what has that of a mobile
    number is read as one: landlines hardly text, and long codes of companies would pass for them."""
    known = as_e164(sender)
    bare = DECORATION.sub("", sender)
    if known is not None or dialling is None or not (bare.isascii() and bare.isdigit()):
        return known
    if len(bare) <= LONGEST_SHORT_CODE:
        return None
    only_mobile = replace(dialling, lengths=dialling.mobile)
    takes_bare = not dialling.trunk or len(dialling.mobile) == 1
    found = _from_inside(bare, only_mobile, takes_bare=takes_bare)
    return found if is_e164(found) else None


def _from_inside(digits: str, dialling: Dialling, *, takes_bare: bool = True) -> str:
    """Behind its trunk prefix a number is certain. Else it is the number alone, or code and number without a plus:
    whichever has a length the country knows, of both the one with that of a mobile number. Empty if neither can be
    said. `takes_bare`: the number alone is one."""
    inside = digits.removeprefix(dialling.trunk)
    if inside != digits and len(inside) in dialling.lengths:
        return f"+{dialling.code}{inside}"
    readings = {digits} if takes_bare else set()
    if digits.startswith(dialling.code):
        readings.add(digits.removeprefix(dialling.code))
    known = [reading for reading in readings if len(reading) in dialling.lengths]
    if not known and dialling.exit and digits.startswith(dialling.exit):
        return f"+{digits.removeprefix(dialling.exit)}"
    if len(known) > 1:
        known = [reading for reading in known if len(reading) in dialling.mobile]
    return f"+{dialling.code}{known[0]}" if len(known) == 1 else ""
