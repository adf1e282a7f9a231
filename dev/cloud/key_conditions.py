"""Key conditions over texts, read once for a query instead of once for each item that it looks at."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

Item = dict[str, dict[str, Any]]
Test = Callable[[Item], bool]

_NAME, _VALUE = r"([#\w]+)", r"(:\w+)"
COMPARED = re.compile(rf"{_NAME}\s*(=|<=|>=|<|>)\s*{_VALUE}")
BEGINNING = re.compile(rf"begins_with\s*\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)")
BETWEEN = re.compile(rf"{_NAME}\s+BETWEEN\s+{_VALUE}\s+AND\s+{_VALUE}")
CONDITION = re.compile(rf"(?P<partition>{COMPARED.pattern})(?:\s+AND\s+(?P<sort>.+))?")
IN_PARENTHESES = re.compile(r"\((.*)\)")

OPERATORS = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class OnlyForTheEngineError(Exception):
    """Another form of condition, or another type than text."""


def read_condition(text: str, values: Item, names: dict[str, str]) -> Test:
    """As KeyConditionExpression, ExpressionAttributeValues, ExpressionAttributeNames. Raises OnlyForTheEngineError."""
    inner = IN_PARENTHESES.fullmatch(text)
    found = CONDITION.fullmatch(inner[1] if inner else text)
    if found is None:
        raise OnlyForTheEngineError(text)
    of_partition = _read_part(found["partition"], values, names)
    if found["sort"] is None:
        return of_partition
    of_sort = _read_part(found["sort"], values, names)
    return lambda item: of_partition(item) and of_sort(item)


def _read_part(text: str, values: Item, names: dict[str, str]) -> Test:
    name, holds, references = _parts(text)
    try:
        operands = [values[reference]["S"] for reference in references]
    except KeyError:
        raise OnlyForTheEngineError(text) from None
    attribute = names.get(name, name)

    def test(item: Item) -> bool:
        value = item.get(attribute, {}).get("S")
        return value is not None and holds(value, *operands)

    return test


def _parts(text: str) -> tuple[str, Callable[..., bool], list[str]]:
    """The attribute, what has to hold between its value and the operands, and the operands' references."""
    if compared := COMPARED.fullmatch(text):
        name, sign, reference = compared.groups()
        return name, OPERATORS[sign], [reference]
    if beginning := BEGINNING.fullmatch(text):
        return beginning[1], str.startswith, [beginning[2]]
    if between := BETWEEN.fullmatch(text):
        return between[1], lambda value, low, high: low <= value <= high, [between[2], between[3]]
    raise OnlyForTheEngineError(text)
