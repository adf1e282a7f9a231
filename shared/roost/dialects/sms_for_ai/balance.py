"""The dollars of an account, as a number whatever it is."""

from __future__ import annotations

from roost.dialects.sms_for_ai.wire_money import UNLIMITED_CREDITS, usd
from roost.usecases.read_account import AccountState


def credits_usd(state: AccountState) -> float:
    """May be below zero: a message that was refunded may turn out to have been sent."""
    return usd(state.micro_usd if state.micro_usd is not None else UNLIMITED_CREDITS)
