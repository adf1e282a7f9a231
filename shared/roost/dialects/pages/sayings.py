"""What is worded once, in English, where it is decided (a refusal, why a message waits, what became of it), as the page
that shows it says it: in its language, and without what only callers of the API can do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

PLACE = re.compile(r"\{(\d*)\}")
LONGEST = 500
"""Characters of what is looked up; more than that repeats what somebody typed, and stays as it is."""


@dataclass(frozen=True, slots=True)
class Saying:
    """`heard`: the English sentence with groups where values stand. `told`: the other one, with `{}` or `{1}` there."""

    heard: re.Pattern[str]
    told: str


def say(language: str, text: str) -> str:
    """`text` in that language; as it is where nobody translated it. Values in it that are sentences themselves are
    said, too, and so are the parts of sentences joined by semicolons and of `field: problem`."""
    if len(text) > LONGEST:
        return text
    if (told := _told(language, text)) is not None:
        return told
    if "; " in text:
        return "; ".join(say(language, part) for part in text.split("; "))
    field, colon, problem = text.partition(": ")
    if not colon:
        return text
    return f"{_whole(language).get(f'{field}:', f'{field}:')} {say(language, problem)}"


def _told(language: str, text: str) -> str | None:
    if (known := _whole(language).get(text)) is not None:
        return known
    for saying in _with_values(language):
        if (found := saying.heard.fullmatch(text)) is not None:
            values = [say(language, value) for value in found.groups()]
            return _filled(saying.told, values)
    return None


def _filled(told: str, values: list[str]) -> str:
    following = iter(values)
    return PLACE.sub(lambda place: values[int(place[1])] if place[1] else next(following), told)


@cache
def sayings(language: str) -> Mapping[str, str]:
    """English sentences as the code says them -> as the pages of that language do."""
    written: dict[str, str] = json.loads(
        files("roost.dialects.pages").joinpath(f"texts/sayings.{language}.json").read_bytes()
    )
    return MappingProxyType(written)


@cache
def _whole(language: str) -> Mapping[str, str]:
    return {said: told for said, told in sayings(language).items() if "{}" not in said}


@cache
def _with_values(language: str) -> tuple[Saying, ...]:
    """Those that say most themselves first: "{}; next slot {}" must not take what another one says whole."""
    known = sorted(
        ((said, told) for said, told in sayings(language).items() if "{}" in said),
        key=lambda saying: -len(saying[0].replace("{}", "")),
    )
    return tuple(Saying(_pattern(said), told) for said, told in known)


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(re.escape(part) for part in said.split("{}")), re.DOTALL)
