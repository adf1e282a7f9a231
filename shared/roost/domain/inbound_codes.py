"""The one-time code in a text that came in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from roost.domain.number_plan import DECORATION, LONGEST_SHORT_CODE
from roost.domain.phone_numbers import as_e164

HYPHENATED = re.compile(r"(?<![0-9-])([0-9]{3})-([0-9]{3})(?![0-9-])")
"""`482-910`, as messengers write six digits."""


@dataclass(frozen=True, slots=True)
class AwaitedCode:
    """What a text must have: its sender (a number or a name), a part of the text whatever its case, and a code of
    `shortest` to `longest` digits. None: any."""

    sender: str | None = None
    contains: str | None = None
    shortest: int = 4
    longest: int = 8

    def find(self, sender: str, text: str) -> str | None:
        """The digits of the first code, if this is such a text."""
        if self.sender is not None and not _is_from(self.sender, sender):
            return None
        if self.contains is not None and self.contains.casefold() not in text.casefold():
            return None
        digits = rf"(?<![0-9])[0-9]{{{self.shortest},{self.longest}}}(?![0-9])"
        match = re.search(digits, HYPHENATED.sub(r"\1\2", text))
        return match[0] if match else None


def _is_from(awaited: str, sender: str) -> bool:
    """A number that is awaited without its country is the end of one with it."""
    number, bare = as_e164(sender), DECORATION.sub("", awaited).lstrip("0")
    if number is not None and bare.isdigit() and len(bare) > LONGEST_SHORT_CODE:
        return number.endswith(bare)
    return _plain(awaited) == _plain(sender)


def _plain(sender: str) -> str:
    return as_e164(sender) or sender.strip().casefold()
