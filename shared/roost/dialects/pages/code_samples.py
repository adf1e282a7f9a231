"""Working code with the server, the key, the number and the text in place, quoted as each language wants them.

What a person types into the tester replaces number, text and key in the page by script: `data-quote` of a place names
the rule, and the rules of `assets/tester.js` are the same as the ones here.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

FOLDER = "templates/code"
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"curl": "send.sh", "PHP": "send.php", "JavaScript": "send.mjs", "Python": "send.py", "C#": "send.cs"}
)
PROMPT, PHP_CLIENT, CSHARP_CLIENT = "prompt", "clients/sms8.php", "clients/sms8.cs"

OPEN, NAMED, QUOTED, CLOSE = "\ue000", "\ue001", "\ue002", "\ue003"
"""Of Unicode's private use: around what can be replaced, while the code is still plain text."""

PLACE = re.compile(f"{OPEN}(.*?){NAMED}(.*?){QUOTED}(.*?){CLOSE}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Something a person may put another value into. `name`: of the field of the tester."""

    name: str
    value: str

    def __str__(self) -> str:
        return _marked(self, "", "plain", self.value)


QUOTING: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "shell": lambda text: shlex.quote(text) if text else "''",
        "shell_json": lambda text: json.dumps(text).replace("'", "'\\''"),
        "json": json.dumps,
        "php": lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'",
    }
)


def code(template: str, server: str, key: str, phone: str, message: str) -> Markup:
    """The code as HTML: text with places a script can fill. Stripped of its tags it runs."""
    places = {name: Place(name, value) for name, value in (("key", key), ("phone", phone), ("message", message))}
    text = _environment().get_template(f"{template}.txt").render(server=server, **places)
    pieces = PLACE.split(text)
    shown = [Markup.escape(pieces[0])]
    for name, rule, quoted, rest in zip(*(pieces[start::4] for start in (1, 2, 3, 4)), strict=True):
        quote, _, prefix = rule.partition("|")
        place = Markup('<span data-fill="{}" data-quote="{}" data-prefix="{}">{}</span>')
        shown += [place.format(name, quote, prefix, quoted), Markup.escape(rest)]
    return Markup("").join(shown)


@cache
def _environment() -> Environment:
    """Without escaping: what comes out is code, and is escaped as a whole."""
    environment = Environment(
        loader=PackageLoader("roost.dialects.pages", FOLDER),
        autoescape=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    environment.filters |= {name: _filter(name) for name in QUOTING}
    return environment


def _filter(rule: str) -> Callable[[str | Place | tuple[str, Place]], str]:
    def quoted(value: str | Place | tuple[str, Place]) -> str:
        if isinstance(value, str):
            return QUOTING[rule](value)
        prefix, place = ("", value) if isinstance(value, Place) else value
        return _marked(place, prefix, rule, QUOTING[rule](prefix + place.value))

    return quoted


def _marked(place: Place, prefix: str, rule: str, quoted: str) -> str:
    return f"{OPEN}{place.name}{NAMED}{rule}|{prefix}{QUOTED}{quoted}{CLOSE}"
