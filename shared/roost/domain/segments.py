"""How many SMS parts a text takes (3GPP TS 23.038 alphabet, TS 23.040 concatenation).

An estimate: the phone divides and has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["gsm7", "ucs2"]

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")

# (units in a single message, units per part of a longer one)
PART_SIZES: dict[Encoding, tuple[int, int]] = {"gsm7": (160, 153), "ucs2": (70, 67)}

MMS_SEGMENTS = 1
"""One place in the pace of its phone, whatever it carries."""

MAX_SEGMENTS = 11
"""1,600 GSM characters (the longest text smsdora documents) are 11 parts; a phone refuses more."""


@dataclass(frozen=True, slots=True)
class Segments:
    """`units`: septets (gsm7) or UTF-16 code units (ucs2); `count`: SMS parts, at least 1."""

    encoding: Encoding
    units: int
    count: int


def segments_of(text: str) -> Segments:
    """Count the parts of `text`. One character outside GSM-7 makes the whole text UCS-2."""
    widths = _gsm7_widths(text)
    encoding: Encoding = "gsm7"
    if widths is None:
        encoding, widths = "ucs2", [2 if ord(character) > 0xFFFF else 1 for character in text]
    single, per_part = PART_SIZES[encoding]
    units = sum(widths)
    return Segments(encoding, units, 1 if units <= single else _parts(widths, per_part))


def _gsm7_widths(text: str) -> list[int] | None:
    widths = []
    for character in text:
        if character in GSM7_BASIC:
            widths.append(1)
        elif character in GSM7_EXTENSION:
            widths.append(2)
        else:
            return None
    return widths


def _parts(widths: list[int], per_part: int) -> int:
    """An escape sequence or a surrogate pair is never split, so a part may end one unit early."""
    parts, room = 1, per_part
    for width in widths:
        if width > room:
            parts, room = parts + 1, per_part
        room -= width
    return parts
