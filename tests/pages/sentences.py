"""Every sentence that pages may have to show, read from the code that says it: `{}` where a value stands."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import roost
from roost.domain.campaigns import CampaignStatus
from roost.domain.errors import RoostError
from roost.domain.messages import MessageStatus

ROOST = Path(roost.__path__[0])
OF_OTHERS = tuple(
    ROOST / "dialects" / name for name in ("sms8", "smsdora", "sms_for_ai", "mcp", "eightms", "highlevel")
)
"""What only the API answers."""

VIEWS = (ROOST / "dialects/eightms/webhook_view.py", ROOST / "dialects/eightms/contact_view.py")
"""Of the API, and shown by pages, too."""

SAYS: Mapping[str, int | str] = MappingProxyType(
    {
        "of": 1, "Wait": 2, "replace": "detail", "noted": 2, "need": 0, "_refused": 0, "BadRow": 0, "NoCsv": 0,
        "Row": "problem", "warnings.append": 0,
    }
)  # fmt: skip
"""What is called -> its argument that is a sentence: a place or a name. Refusals have theirs first."""

TABLES = ("NOTICES", "REFUSALS", "NO_CSV")
NO_SENTENCE = re.compile(r"\w*{}|\W*")
"""An id with its prefix, a separator."""


def sentences() -> dict[str, str]:
    """Each with a place where it is said."""
    refusals = list(_every_refusal())
    names = {each.__name__ for each in refusals}
    found = {each.title: each.__name__ for each in refusals}
    found |= {str(status): "a status" for status in (*MessageStatus, *CampaignStatus)}
    for file in sorted(ROOST.rglob("*.py")):
        if file in VIEWS or not any(folder in file.parents for folder in OF_OTHERS):
            for said in _said_in(ast.parse(file.read_text(encoding="utf-8")), names):
                text = re.sub(r"(?<!{){\w+}", "{}", said)
                if not NO_SENTENCE.fullmatch(text):
                    found[text] = file.name
    return found


def _every_refusal() -> Iterator[type[RoostError]]:
    for module in pkgutil.walk_packages(roost.__path__, "roost."):
        importlib.import_module(module.name)
    waiting = [RoostError]
    while waiting:
        found = waiting.pop()
        if found.__module__.startswith("roost."):  # not what the owner's commands say at a terminal
            yield found
        waiting += found.__subclasses__()


def _said_in(module: ast.Module, refusals: set[str]) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (said := _sentence_of(node, refusals)) is not None:
            yield from _texts(said, module)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in TABLES:
                yield from _texts(node.value, module)
        elif isinstance(node, ast.keyword) and node.arg == "error" and isinstance(node.value, ast.Dict):
            yield from (text for value in node.value.values for text in _texts(value, module))


def _sentence_of(call: ast.Call, refusals: set[str]) -> ast.expr | None:
    whole = ast.unparse(call.func)
    name = whole.rpartition(".")[2]
    place = 0 if name in refusals else SAYS.get(whole, SAYS.get(name))
    if isinstance(place, str):
        return next((keyword.value for keyword in call.keywords if keyword.arg == place), None)
    return call.args[place] if place is not None and place < len(call.args) else None


def _texts(said: ast.expr, module: ast.Module, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """What the expression can be, as far as the module tells. `known`: names that are being followed already."""
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        yield said.value
    elif isinstance(said, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in said.values)
    elif isinstance(said, ast.Name) and said.id not in known:
        for value in _assigned(said.id, module):
            yield from _texts(value, module, known | {said.id})
    for part in _alternatives(said):
        yield from _texts(part, module, known)


def _alternatives(said: ast.expr) -> Iterator[ast.expr]:
    """Parts of which one is what is said, or stands in it."""
    if isinstance(said, ast.JoinedStr):
        yield from (part.value for part in said.values if isinstance(part, ast.FormattedValue))
    elif isinstance(said, ast.IfExp):
        yield from (said.body, said.orelse)
    elif isinstance(said, ast.BoolOp | ast.Dict):
        yield from said.values
    elif isinstance(said, ast.Tuple):
        yield from said.elts
    elif isinstance(said, ast.Subscript):
        yield said.value
    elif isinstance(said, ast.Call):
        yield from (part for part in said.args if isinstance(part, ast.Dict))
        yield from (said.args[1:] if isinstance(said.func, ast.Attribute) and said.func.attr == "get" else [])
        yield said.func.value if isinstance(said.func, ast.Attribute) else said.func


def _assigned(name: str, module: ast.Module) -> Iterator[ast.expr]:
    """What a variable is given, or a function of this name returns."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name == name:
            yield from (part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value)
