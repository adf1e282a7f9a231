"""`devices`: which phones, or SIMs of phones, a request wants to send by."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator

from roost.dialects.sms8.values import TEXT, refused
from roost.domain.errors import NoEligiblePhone
from roost.domain.routing import primary_phone
from roost.domain.selections import Every, Line, Selection
from roost.usecases.manage_phones import list_account_phones
from roost.web.caller import Caller

SENDER = re.compile(r"(?P<phone>[0-9]{1,8})(?:\|(?P<slot>[0-9]))?")

NOBODY: tuple[Any, ...] = (None, 0, "0", [])
"""How clients spell "the primary device"."""

MOST_SENDERS = 200


def read_senders(value: Any) -> tuple[Line, ...]:
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


def _sender(named: Any) -> Line:
    match = SENDER.fullmatch(str(named).strip())
    if match is None or int(match["phone"]) == 0:
        raise refused("Invalid request format. A device is a number, one of its SIMs is written 2|0")
    return Line(int(match["phone"]), int(match["slot"]) if match["slot"] else None)


Senders = Annotated[tuple[Line, ...], BeforeValidator(read_senders), TEXT]

OPTIONS: Mapping[int, Every] = MappingProxyType({1: Every.PHONES, 2: Every.SIMS})
"""What `option` selects; 0 leaves it to `devices`."""


def selection_of(caller: Caller, devices: tuple[Line, ...], option: int, use_random_device: bool) -> Selection:
    """Nobody named is the primary device, or, at random, any. Raises NoEligiblePhone where there is none."""
    senders = OPTIONS.get(option, devices)
    if not senders and not use_random_device:
        primary = primary_phone(*list_account_phones(caller.deps, caller.account))
        if primary is None:
            raise NoEligiblePhone
        senders = (Line(primary.number),)
    return Selection(senders, pick_one=use_random_device, field="devices")
