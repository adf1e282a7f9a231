"""Dollars as SMS for AI writes them: a JSON number with up to six decimals."""

from __future__ import annotations

MICRO = 1_000_000

UNLIMITED_CREDITS = 1_000_000 * MICRO
"""What an account shows that pays for nothing: its clients take credits for a number, so no word and no null."""


def usd(micro_usd: int) -> float:
    """The only place where money is a float, and only to be printed: the nearest double to a whole number of micro-USD
    below 2^53 prints as exactly that decimal. Nothing is ever calculated with it."""
    return micro_usd / MICRO
