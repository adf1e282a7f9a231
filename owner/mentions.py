"""One number wherever it is written: always the whole of it, because another may begin with the same digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from roost.domain.phone_numbers import as_e164

ERASED = "erased"
"""Instead of a number. No number is spelled so, and nothing can be sent to it."""

WRITTEN = re.compile(r"(?:\+|(?<!\d)00)[\s().-]*[1-9](?:[\s().-]*\d)+")
"""Numbers with their country as people write them: `+49 30 123456`, `0049 (30) 123456`."""


class Number:
    """A number in E.164. Digits without `+` or `00` are somebody's only where an id is made of them."""

    def __init__(self, e164: str) -> None:
        digits = e164.removeprefix("+")
        self.e164 = e164
        self._in_one = re.compile(rf"(?:\+|(?<!\d)00){digits}(?!-?\d)")
        self._in_ids = re.compile(rf"(?<![A-Za-z0-9])(con_|cnv_){digits}(?!\d)")

    def is_meant_by(self, sender: object) -> bool:
        return isinstance(sender, str) and as_e164(sender) == self.e164

    def is_in(self, value: Any) -> bool:
        return bool(self.without(value) != value)

    def without(self, value: Any) -> Any:
        """The value with each mention replaced, at any depth."""
        if isinstance(value, str):
            told = self._in_ids.sub(rf"\g<1>{ERASED}", self._in_one.sub(ERASED, value))
            return WRITTEN.sub(lambda found: ERASED if self.is_meant_by(found[0]) else found[0], told)
        if isinstance(value, Mapping):
            return {name: self.without(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.without(member) for member in value]
        return {self.without(member) for member in value} if isinstance(value, (set, frozenset)) else value
