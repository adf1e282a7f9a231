"""The values of SMS8's parameters, as its PHP, C#, Python and n8n clients spell them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

FLAGS: Mapping[str, bool] = MappingProxyType({"1": True, "true": True, "0": False, "false": False})
"""PHP's forms write 1 and 0, C# True and False, Python scripts 'true'."""

OWN_PROBLEM = "sms8"
"""The type of the problems that this dialect words itself."""

DECORATION = re.compile(r"[\s().-]")
DIGITS = re.compile(r"[1-9][0-9]{6,14}")

LATEST_TIMESTAMP = 4_102_444_800
"""2100-01-01: what lies after it is a timestamp in milliseconds."""


def refused(problem: str) -> PydanticCustomError:
    """A problem of one value, worded without its name: the name goes in front of it."""
    return PydanticCustomError(OWN_PROBLEM, problem)


def read_flag(value: Any) -> bool:
    flag = FLAGS.get(str(value).lower())
    if flag is None:
        raise refused("must be 0 or 1")
    return flag


def read_number(value: Any) -> str:
    """E.164. A plus that was not percent-encoded arrives as a blank, and the n8n node leaves it out."""
    bare = _bare(value)
    if not DIGITS.fullmatch(bare):
        raise refused("must be a phone number in E.164 format, for example +14155551234")
    return f"+{bare}"


def _bare(value: Any) -> str:
    return DECORATION.sub("", str(value)).removeprefix("+")


def read_numbers(value: Any) -> list[str]:
    """Of one alone the problem is the field's; of several it says which one is meant."""
    parts = str(value).split(",")
    if len(parts) == 1:
        return [read_number(value)]
    for place, part in enumerate(parts):
        if not DIGITS.fullmatch(_bare(part)):
            raise refused(f"number {place} of {len(parts)} (counted from 0) is no phone number in E.164 format")
    return [read_number(part) for part in parts]


def read_links(value: Any) -> list[str]:
    return [link for part in str(value or "").split(",") if (link := part.strip())]


def read_text(value: Any) -> Any:
    """A code that a client kept as a number is sent as its digits."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read_whole(value: Any) -> Any:
    """JSON's true is no 1: it would name a phone."""
    if isinstance(value, bool):
        raise refused("must be a whole number")
    return value


def read_json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise refused("is not valid JSON") from None


TEXT = WithJsonSchema({"type": "string"})
"""In the documentation a parameter is what goes over the wire, not what is made of it."""

Flag = Annotated[bool, BeforeValidator(read_flag), WithJsonSchema({"type": "boolean"})]
Json = BeforeValidator(read_json)
PhoneNumber = Annotated[str, BeforeValidator(read_number)]
PhoneNumbers = Annotated[list[str], BeforeValidator(read_numbers), TEXT]
Text = Annotated[str, BeforeValidator(read_text)]
Links = Annotated[list[str], BeforeValidator(read_links), TEXT]
Whole = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=2**53 - 1)]
Timestamp = Annotated[int, Field(ge=0, le=LATEST_TIMESTAMP)]
Slot = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=9)]
Option = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=2)]
