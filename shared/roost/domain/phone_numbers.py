"""Phone numbers as Roost takes them: E.164."""

from __future__ import annotations

import re

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""ITU-T E.164: a plus, a country code that starts with 1-9, 15 digits at most. Under 7 digits nothing is reachable."""


def is_e164(text: str) -> bool:
    return E164.fullmatch(text) is not None


def as_e164(sender: str) -> str | None:
    """The number behind a sender as handsets show it (`+1 415-555-1234`, `0034600111222`).

    None for a name, a short code, or a number without its country: whose number that is would be a guess.
    """
    compact = re.sub(r"[\s().-]", "", sender)
    number = f"+{compact[2:]}" if compact.startswith("00") else compact
    return number if is_e164(number) else None
