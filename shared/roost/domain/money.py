"""Money: message credits (a count) and micro-USD (millionths of a dollar), both integers. What a message costs
and what was taken for it."""

from __future__ import annotations

from dataclasses import dataclass

MICRO_USD = 1_000_000
"""One dollar."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a message costs by the price list, whether or not the account's ledgers are limited."""

    credits: int = 0
    micro_usd: int = 0

    def __add__(self, other: Price) -> Price:
        return Price(self.credits + other.credits, self.micro_usd + other.micro_usd)


FREE = Price()
ONE_CREDIT = Price(credits=1)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request asks for: how many messages (0: it only reads or changes), and their price together."""

    messages: int = 0
    price: Price = FREE


ONE_REQUEST = Cost()


@dataclass(frozen=True, slots=True)
class Charge:
    """What was really taken for one message, so that a refund gives back exactly that.

    `credits`, `micro_usd`: from the account's ledgers, 0 from one that is unlimited. `spent`: micro-USD counted against
    the spending limit of the key `key_id`. `refunded`: given back, because the message was never sent.
    """

    credits: int = 0
    micro_usd: int = 0
    key_id: str | None = None
    spent: int = 0
    refunded: bool = False


def dollars(micro_usd: int) -> str:
    """`12.345678`: exact, with all six decimals, `-0.010000` below zero."""
    whole, fraction = divmod(abs(micro_usd), MICRO_USD)
    return f"{'-' if micro_usd < 0 else ''}{whole}.{fraction:06d}"
