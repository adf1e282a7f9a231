"""Lambda's filter patterns."""

import json
from typing import Any

import pytest

from dev.cloud.event_filter import PatternError, matches, parse_pattern

RECORD = {
    "eventName": "MODIFY",
    "dynamodb": {
        "SizeBytes": 120,
        "Keys": {"pk": {"S": "account#1"}},
        "NewImage": {"status": {"S": "dispatching"}, "attempt": {"N": "3"}, "note": {"NULL": None}},
    },
    "tags": ["red", "blue"],
}


def _new_image(rule: Any, attribute: str = "status", kind: str = "S") -> dict[str, Any]:
    return {"dynamodb": {"NewImage": {attribute: {kind: rule}}}}


MATCHING = {
    "equality": _new_image(["queued", "dispatching"]),
    "two keys are an and": {"eventName": ["MODIFY"], **_new_image(["dispatching"])},
    "null": _new_image([None], "note", "NULL"),
    "prefix": _new_image([{"prefix": "disp"}]),
    "suffix": _new_image([{"suffix": "ing"}]),
    "another case": _new_image([{"equals-ignore-case": "DISPATCHING"}]),
    "anything but a value": _new_image([{"anything-but": "queued"}]),
    "anything but a list": _new_image([{"anything-but": ["queued", "sent"]}]),
    "anything but a prefix": _new_image([{"anything-but": [{"prefix": "q"}]}]),
    "a leaf exists": _new_image([{"exists": True}]),
    "an attribute is absent": _new_image([{"exists": False}], "deleted"),
    "a number": {"dynamodb": {"SizeBytes": [{"numeric": [">", 100, "<=", 120]}]}},
    "a number by equality": {"dynamodb": {"SizeBytes": [120]}},
    "a DynamoDB number is a string": _new_image(["3"], "attempt", "N"),
    "an or of patterns": {"$or": [{"eventName": ["REMOVE"]}, _new_image(["dispatching"])]},
    "one of a list": {"tags": ["blue", "green"]},
}

OTHER = {
    "another value": _new_image(["sent"]),
    "one key of two": {"eventName": ["INSERT"], **_new_image(["dispatching"])},
    "an absent attribute": _new_image(["x"], "nothing"),
    "a path through a leaf": {"eventName": {"deep": ["MODIFY"]}},
    "exists on something that is no leaf": {"dynamodb": [{"exists": True}]},
    "absent, but there": _new_image([{"exists": False}]),
    "anything but, and absent": _new_image([{"anything-but": "x"}], "nothing"),
    "anything but the value": _new_image([{"anything-but": ["dispatching"]}]),
    "numeric on a DynamoDB number": _new_image([{"numeric": ["=", 3]}], "attempt", "N"),
    "a number for a DynamoDB number": _new_image([3], "attempt", "N"),
    "a number out of range": {"dynamodb": {"SizeBytes": [{"numeric": [">", 120]}]}},
    "true is not one": {"dynamodb": {"SizeBytes": [True]}},
    "no pattern of an or": {"$or": [{"eventName": ["REMOVE"]}, {"eventName": ["INSERT"]}]},
}


@pytest.mark.parametrize("pattern", MATCHING.values(), ids=MATCHING.keys())
def test_it_matches(pattern: dict[str, Any]) -> None:
    assert matches(parse_pattern(json.dumps(pattern)), RECORD)


@pytest.mark.parametrize("pattern", OTHER.values(), ids=OTHER.keys())
def test_it_does_not_match(pattern: dict[str, Any]) -> None:
    assert not matches(parse_pattern(json.dumps(pattern)), RECORD)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("{}", "at least one key"),
        ('{"a": "b"}', "is an object"),
        ('{"a": [{"wildcard": "b*"}]}', "unknown filter rule"),
        ('{"a": [{"prefix": "b", "suffix": "c"}]}', "unknown filter rule"),
        ('{"a": [{"numeric": [">"]}]}', "pairs"),
        ('{"a": [{"numeric": ["~", 1]}]}', "pairs"),
        ('{"a": [["b"]]}', "inside a list"),
    ],
)
def test_a_pattern_that_is_not_understood_is_refused(text: str, says: str) -> None:
    with pytest.raises(PatternError, match=says):
        parse_pattern(text)
