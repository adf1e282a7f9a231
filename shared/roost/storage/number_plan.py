"""Time zones and dialling of numbers, from the tables that come with Roost; read where campaigns and imports run, and
for a sender without its country."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from roost.domain.countries import country_of
from roost.domain.number_plan import Dialling
from roost.domain.phone_numbers import is_e164
from roost.domain.phones import Sim
from roost.storage.countries import countries_by_prefix

LONGEST_PREFIX = 9
MCC_LENGTH = 3


def zones_of(number: str) -> tuple[str, ...]:
    """The time zones an E.164 number may be in: that of the longest known prefix. Empty for satellites and the like."""
    digits, (prefixes, groups) = number.removeprefix("+"), _zones()
    for length in range(min(LONGEST_PREFIX, len(digits)), 0, -1):
        found = prefixes.get(digits[:length])
        if found is not None:
            return groups[found]
    return ()


@cache
def diallings() -> Mapping[str, Dialling]:
    """How numbers are dialled inside each country, by ISO code."""
    return {
        country: Dialling(code, trunk, exit_code, tuple(lengths), tuple(mobile))
        for country, (code, trunk, exit_code, lengths, mobile) in _table()["diallings"].items()
    }


def dialling_of(sim: Sim) -> Dialling | None:
    """As its country dials: its number tells that, else its network. None for test networks and if neither is known."""
    if sim.number and is_e164(sim.number):
        return dialling_behind(sim.number)
    networks, network = _networks(), sim.mccmnc or ""
    code = networks.get(network) or networks.get(network[:MCC_LENGTH])
    return diallings().get(code) if code else None


def dialling_behind(number: str) -> Dialling | None:
    """Of the country of an E.164 number; None for satellites and unassigned codes."""
    country = country_of(number, countries_by_prefix())
    return diallings().get(country.code) if country else None


@cache
def _networks() -> Mapping[str, str]:
    """Countries by mobile country code, or by that and the network's where two countries share one. French Antilles
    (340) are three with one code: not in it."""
    table = _read("mobile_country_table.json")["countries"]
    return {str(network): str(country) for network, country in table.items()}


@cache
def _zones() -> tuple[Mapping[str, int], tuple[tuple[str, ...], ...]]:
    table = _table()
    return table["prefixes"], tuple(tuple(group) for group in table["zones"])


def _table() -> Any:
    return _read("number_table.json")


def _read(name: str) -> Any:
    return json.loads(files("roost.storage").joinpath(name).read_text(encoding="utf-8"))
