"""Lambda's event filter patterns, for stream records."""

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

Pattern = Mapping[str, Any]

ABSENT = object()
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class PatternError(Exception):
    """A pattern Lambda would refuse, or one that is not known here."""


def parse_pattern(text: str) -> Pattern:
    """Pattern of its JSON text; raises PatternError for rules that are not known."""
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise PatternError(f"a filter pattern is not JSON: {text}") from error
    _check(pattern)
    checked: Pattern = pattern
    return checked


def matches(pattern: Pattern, record: Any) -> bool:
    """True when every key of the pattern matches; a key's list is an OR."""
    for key, rule in pattern.items():
        if key == "$or":
            if not any(matches(alternative, record) for alternative in rule):
                return False
            continue
        value = record.get(key, ABSENT) if isinstance(record, Mapping) else ABSENT
        matched = matches(rule, value) if isinstance(rule, Mapping) else _any_rule(rule, value)
        if not matched:
            return False
    return True


def _any_rule(rules: list[Any], value: Any) -> bool:
    candidates = value if isinstance(value, list) else [value]
    return any(_rule_matches(rule, candidate) for rule in rules for candidate in candidates)


def _rule_matches(rule: Any, value: Any) -> bool:
    if not isinstance(rule, Mapping):
        return _equal(rule, value)
    (kind, wanted), *_ = rule.items()
    return bool(RULES[kind](wanted, value))


def _equal(wanted: Any, value: Any) -> bool:
    # True == 1 in Python, not in JSON
    return value is not ABSENT and isinstance(wanted, bool) == isinstance(value, bool) and bool(wanted == value)


def _prefix(wanted: str, value: Any) -> bool:
    return isinstance(value, str) and value.startswith(wanted)


def _suffix(wanted: str, value: Any) -> bool:
    return isinstance(value, str) and value.endswith(wanted)


def _equals_ignore_case(wanted: str, value: Any) -> bool:
    return isinstance(value, str) and value.casefold() == wanted.casefold()


def _anything_but(wanted: Any, value: Any) -> bool:
    if value is ABSENT or isinstance(value, Mapping):
        return False
    refused = wanted if isinstance(wanted, list) else [wanted]
    return not any(_rule_matches(rule, value) for rule in refused)


def _exists(wanted: bool, value: Any) -> bool:
    is_leaf = value is not ABSENT and not isinstance(value, Mapping)
    return is_leaf if wanted else value is ABSENT


def _numeric(wanted: list[Any], value: Any) -> bool:
    # DynamoDB's numbers are strings in a record; converting them here would match where AWS does not
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(wanted[::2], wanted[1::2], strict=True)
    return all(COMPARISONS[comparison](value, bound) for comparison, bound in pairs)


RULES: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "anything-but": _anything_but,
    "exists": _exists,
    "numeric": _numeric,
}


def _check(pattern: Any) -> None:
    if not isinstance(pattern, Mapping) or not pattern:
        raise PatternError(f"a pattern is an object with at least one key, not {pattern!r}")
    for key, rule in pattern.items():
        if key == "$or":
            for alternative in rule:
                _check(alternative)
        elif isinstance(rule, list):
            for leaf in rule:
                _check_leaf(leaf)
        else:
            _check(rule)


def _check_leaf(leaf: Any) -> None:
    if isinstance(leaf, list):
        raise PatternError(f"a list inside a list of rules: {leaf!r}")
    if not isinstance(leaf, Mapping):
        return
    if len(leaf) != 1 or not leaf.keys() <= RULES.keys():
        raise PatternError(f"unknown filter rule {dict(leaf)!r}; known: {', '.join(RULES)}")
    bounds = leaf.get("numeric", [])
    if len(bounds) % 2 or not COMPARISONS.keys() >= set(bounds[::2]):
        raise PatternError(f"numeric takes pairs of a comparison and a number, not {bounds!r}")
