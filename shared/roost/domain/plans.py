"""Plans: what an account may do, as data. Who owns the phones needs none: unlimited is the default."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    MMS = "mms"
    USSD = "ussd"


EVERY_FEATURE = frozenset(Feature)


@dataclass(frozen=True, slots=True)
class Plan:
    """`monthly_messages`: accepted in a calendar month, UTC; `phones`: paired at a time. None: unlimited."""

    name: str
    monthly_messages: int | None = None
    phones: int | None = None
    features: frozenset[Feature] = EVERY_FEATURE


UNLIMITED = Plan("unlimited")
"""Exists in every deployment and cannot be changed."""
