"""Time zones and dialling of numbers, from the table that comes with Roost; read where campaigns and imports run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from roost.domain.number_plan import Dialling

LONGEST_PREFIX = 9


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
        country: Dialling(code, trunk, exit_code, tuple(lengths))
        for country, (code, trunk, exit_code, lengths) in _table()["diallings"].items()
    }


@cache
def _zones() -> tuple[Mapping[str, int], tuple[tuple[str, ...], ...]]:
    table = _table()
    return table["prefixes"], tuple(tuple(group) for group in table["zones"])


def _table() -> Any:
    return json.loads(files("roost.storage").joinpath("number_table.json").read_text(encoding="utf-8"))
