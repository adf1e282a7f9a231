"""An account: the tenant every key, phone and message belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """`id`: lower-case letters and digits. `created_at` bounds how far back its messages can go. `email`: of its owner,
    as SMS for AI shows it; empty if nobody said.
    """

    id: str
    name: str
    created_at: int
    email: str = ""
