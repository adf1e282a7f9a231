"""Calls that tell nothing new of a phone: most of its reports come seconds after a call that was written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roost.domain.callbacks import Callback
from roost.domain.instants import SECOND
from roost.domain.phones import Phone

SEEN_EVERY = 30 * SECOND
"""So old may be what is known of a phone. Far less than it takes to be held for quiet or silent."""

ALWAYS_WRITTEN = frozenset({"alerts", "next_token_hash", "sims"})


def is_known(phone: Phone, call: Callback, changes: Mapping[str, Any], now: int) -> bool:
    """Whether `changes`, which this call makes on the phone's item, need not be written. Its instant is not, so a late
    copy of it counts as a new call: what that is given nobody hears of. That is the case of a lost answer: accepted
    work is asked about at the phone's next call, anything else is due again when its lease has ended."""
    of_same_boot = phone.heard is not None and phone.heard.boot_id == call.heard.boot_id
    unchanged = dict(phone.health) == dict(call.health) and not ALWAYS_WRITTEN & changes.keys()
    return of_same_boot and unchanged and now - phone.seen_at < SEEN_EVERY
