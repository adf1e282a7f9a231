"""`devices`: which phones, or SIMs of phones, a request wants to send by."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from roost.dialects.sms8.values import TEXT, refused

SENDER = re.compile(r"(?P<phone>[0-9]{1,8})(?:\|(?P<slot>[0-9]))?")

NOBODY: tuple[Any, ...] = (None, 0, "0", [])
"""How clients spell "the primary device"."""

MOST_SENDERS = 200


@dataclass(frozen=True, slots=True)
class Sender:
    """`slot` None: the phone's default SIM."""

    phone: int
    slot: int | None = None


def read_senders(value: Any) -> tuple[Sender, ...]:
    """`1`, `1|0`, `"7"`, `[1,"2|0","2|1"]`; empty for `0`, `[]` and `null`. A sender named twice counts once."""
    try:
        named = json.loads(value)
    except (ValueError, RecursionError):
        named = value
    if named in NOBODY:
        return ()
    listed = named if isinstance(named, list) else [named]
    if len(listed) > MOST_SENDERS:
        raise refused(f"names more than {MOST_SENDERS} senders")
    return tuple(dict.fromkeys(_sender(one) for one in listed))


def _sender(named: Any) -> Sender:
    match = SENDER.fullmatch(str(named).strip())
    if match is None or int(match["phone"]) == 0:
        raise refused("Invalid request format. A device is a number, one of its SIMs is written 2|0")
    return Sender(int(match["phone"]), int(match["slot"]) if match["slot"] else None)


Senders = Annotated[tuple[Sender, ...], BeforeValidator(read_senders), TEXT]
