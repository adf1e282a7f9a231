"""Phone numbers as Roost takes them: E.164."""

from __future__ import annotations

import re

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""ITU-T E.164: a plus, a country code that starts with 1-9, 15 digits at most. Under 7 digits nothing is reachable."""


def is_e164(text: str) -> bool:
    return E164.fullmatch(text) is not None
