"""A phone as SMS8 shows it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel

from roost.dialects.sms8.message_view import date
from roost.domain.phones import Phone, Presence, Sim
from roost.domain.routing import primary_phone
from roost.usecases.manage_phones import list_account_phones
from roost.web.caller import Caller

ANDROID_VERSIONS: Mapping[int, str] = MappingProxyType(
    {
        23: "6.0", 24: "7.0", 25: "7.1", 26: "8.0", 27: "8.1", 28: "9", 29: "10", 30: "11", 31: "12", 32: "12.1",
        33: "13", 34: "14", 35: "15", 36: "16",
    }
)  # fmt: skip
"""API level -> version (developer.android.com/tools/releases/platforms); newer ones are shown as `API <level>`."""


class DeviceView(BaseModel):
    """The id as a number and as text, because clients read either. `sims`: slot -> carrier and number in brackets."""

    id: int
    ID: str
    name: str
    model: str
    androidVersion: str | None  # noqa: N815 - SMS8's spelling, here and below
    appVersion: str | None  # noqa: N815
    enabled: bool
    primary: bool
    status: Literal["Online", "Offline"]
    lastSeen: str  # noqa: N815
    sims: dict[str, str]


def devices_of(caller: Caller) -> list[dict[str, Any]]:
    """The enabled ones; exactly one of them is the primary."""
    phones, primary = list_account_phones(caller.deps, caller.account)
    first, now = primary_phone(phones, primary), caller.deps.now()
    return [device_view(phone, phone is first, now) for phone in phones if phone.enabled]


def device_view(phone: Phone, is_primary: bool, now: int) -> dict[str, Any]:
    """The members of DeviceView. A phone that dozes is online: it wakes when there is work."""
    return {
        "id": phone.number,
        "ID": str(phone.number),
        "name": phone.name,
        "model": phone.model,
        "androidVersion": _android_version(phone.health.get("sdk")),
        "appVersion": phone.health.get("app"),
        "enabled": phone.enabled,
        "primary": is_primary,
        "status": "Offline" if phone.presence(now) is Presence.OFFLINE else "Online",
        "lastSeen": date(phone.seen_at),
        "sims": {str(sim.slot): _label(sim) for sim in phone.sims},
    }


def _android_version(level: int | None) -> str | None:
    return None if level is None else ANDROID_VERSIONS.get(level, f"API {level}")


def _label(sim: Sim) -> str:
    """`Orange [+33612345678]`: clients take the number from the brackets."""
    carrier = sim.carrier or f"SIM {sim.slot + 1}"
    return f"{carrier} [{sim.number}]" if sim.number else carrier
