"""One message id, every spelling.

A message id is an integer below 2^53 (safe as a JSON number): 41 bits of milliseconds since 2024, 4 bits of shard,
8 bits that tell ids of one millisecond apart. Its time and shard name the partition, so get-by-id needs no index.
Phones and lists are small integers per account and are spelled the same way; a contact's id is its number's digits.
"""

from __future__ import annotations

import re
from typing import Literal

from roost.domain.instants import day_of

EPOCH_2024 = 1_704_067_200_000
SHARD_BITS = 4
SERIAL_BITS = 8
LOW_BITS = SHARD_BITS + SERIAL_BITS

ONLY_SHARD = 0
"""One partition per account and day takes 1,000 writes a second. An id names its shard: the last is for batches."""

CALL_SHARD = 13
USSD_SHARD = 14
"""What is no message of anybody to anybody has shards of its own, which no listing of messages reads."""

ID_LIMIT = 1 << 53

Prefix = Literal["msg", "phn", "grp", "otp", "con", "lst", "uss", "cal", "cmp", "imp"]
SPELLING = re.compile(r"(?:(?P<prefix>[a-z]{3})_)?(?P<decimal>\d{1,16})|(?P<hex>[0-9a-f]{24})")


def message_id(at: int, serial: int, shard: int = ONLY_SHARD) -> int:
    """`at`: instant in ms; `serial`: 0-255; `shard`: 0-15. Two ids collide only if all three agree."""
    return (at - EPOCH_2024) << LOW_BITS | shard << SERIAL_BITS | serial


def created_at(message: int) -> int:
    return (message >> LOW_BITS) + EPOCH_2024


def shard_of(message: int) -> int:
    return message >> SERIAL_BITS & (1 << SHARD_BITS) - 1


def serial_of(message: int) -> int:
    return message & (1 << SERIAL_BITS) - 1


def day_and_shard(message: int) -> tuple[str, int]:
    """What names the partition of a message inside its account."""
    return day_of(created_at(message)), shard_of(message)


def spell(prefix: Prefix, number: int) -> str:
    """`msg_482374928374` as `/v1` and the phone protocol print it."""
    return f"{prefix}_{number}"


def spell_hex(number: int) -> str:
    """24 hex digits, as smsdora prints its ids."""
    return f"{number:024x}"


def parse(prefix: Prefix, text: str) -> int | None:
    """The number behind any spelling (`msg_1`, `1`, 24 hex digits); None if it is none of them."""
    match = SPELLING.fullmatch(text)
    if match is None or match["prefix"] not in (None, prefix):
        return None
    number = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    return number if number < ID_LIMIT else None
