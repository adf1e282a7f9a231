"""Between domain objects and DynamoDB items: what every table does alike."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Item = dict[str, Any]


def compact(item: Mapping[str, Any]) -> Item:
    """Without the absent and the empty: DynamoDB refuses empty sets, and an absent attribute costs nothing."""
    return {name: value for name, value in item.items() if value is not None and value not in (frozenset(), (), {}, [])}


def native(value: Any) -> Any:
    """DynamoDB's Decimals as ints, at any depth. Roost stores no fractions."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, Mapping):
        return {name: native(member) for name, member in value.items()}
    if isinstance(value, list):
        return [native(member) for member in value]
    if isinstance(value, set):
        return frozenset(native(member) for member in value)
    return value
