"""By which phone a tool of SMS8 sends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from roost.dialects.mcp.tool import Arguments
from roost.dialects.sms8.senders import read_senders, selection_of
from roost.dialects.sms8.values import Flag, Option, Slot, Whole
from roost.domain.errors import InvalidRequest
from roost.domain.selections import ANYBODY, Line, Selection
from roost.web.caller import Caller

SLOT_TEXT = WithJsonSchema({"type": "string", "pattern": "^[0-9]$"})
SLOT = "A SIM of device_id: 0 is the first"


def read_listed(value: Any) -> tuple[Line, ...]:
    """The services take JSON in a form's field; here the list arrives as one."""
    return read_senders(value if isinstance(value, str) else json.dumps(value))


Devices = Annotated[
    tuple[Line, ...],
    BeforeValidator(read_listed),
    WithJsonSchema({"type": "array", "items": {"type": "string", "pattern": r"^[0-9]{1,8}(\|[0-9])?$"}}),
]


class ByDevice(Arguments):
    device_id: Whole | None = Field(default=None, description="Send by this phone; list_devices names them")
    sim_slot: Annotated[Slot, SLOT_TEXT] | None = Field(default=None, description=SLOT)

    @property
    def named(self) -> tuple[Line, ...]:
        """Raises InvalidRequest: the SIMs of which phone?"""
        if self.device_id:
            return (Line(self.device_id, self.sim_slot),)
        if self.sim_slot is not None:
            raise InvalidRequest.of("sim_slot", "needs a device_id: list_devices names the phones and their SIMs")
        return ()


class BySenders(ByDevice):
    devices: Devices = Field(default=(), description="Instead of device_id: phones (2) or SIMs of phones (2|0)")
    option: Option = Field(default=0, description="0: by devices; 1: by any phone; 2: by any SIM of any phone")
    random_device: Flag = Field(default=False, description="By one of them at random")

    @property
    def lines(self) -> tuple[Line, ...]:
        if self.named and self.devices:
            raise InvalidRequest.of("devices", "and device_id exclude each other: give one of them")
        return self.named or self.devices


def selection(caller: Caller, wanted: BySenders) -> Selection:
    """Raises InvalidRequest, and NoEligiblePhone where there is no phone."""
    chosen = selection_of(caller, wanted.lines, wanted.option, wanted.random_device)
    return replace(chosen, field="sim_slot") if wanted.named else chosen


def selection_or_anybody(caller: Caller, wanted: BySenders) -> Selection:
    """As for codes: whichever phone is free first, if none is named."""
    return selection(caller, wanted) if wanted.lines or wanted.option or wanted.random_device else ANYBODY
