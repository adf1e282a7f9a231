"""Reads Android's API signature files (`current.txt`, "Signature format: 2.0") into plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(
    r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|@interface|\.\.\.|[A-Za-z_$][\w$]*(?:[.-][A-Za-z_$][\w$]*)*|[\w.+-]+|.)"""
)
MODIFIERS = frozenset(
    {"public", "protected", "private", "static", "final", "abstract", "synchronized", "native", "default", "sealed"}
    | {"transient", "volatile", "strictfp", "deprecated"}
)
KINDS = frozenset({"class", "interface", "enum", "@interface"})


@dataclass(frozen=True, slots=True)
class Type:
    """`segments`: dotted name and type arguments, more than one for an inner class of a generic one.

    `wildcard`: "" for none, "*", "+" (extends) or "-" (super), as in a class file's Signature.
    """

    segments: tuple[tuple[str, tuple[Type, ...]], ...]
    dims: int = 0
    wildcard: str = ""

    @property
    def name(self) -> str:
        return ".".join(name for name, _ in self.segments)


OBJECT = Type((("java.lang.Object", ()),))


@dataclass(frozen=True, slots=True)
class TypeParameter:
    name: str
    bounds: tuple[Type, ...]


@dataclass(slots=True)
class Member:
    """A field, method, constructor ("ctor") or enum constant. `nullness`: NonNull or Nullable."""

    kind: str
    name: str
    modifiers: frozenset[str]
    type: Type
    parameters: tuple[Type, ...] = ()
    type_parameters: tuple[TypeParameter, ...] = ()
    throws: tuple[Type, ...] = ()
    is_varargs: bool = False
    value: str | None = None
    nullness: str | None = None
    parameter_nullness: tuple[str | None, ...] = ()


@dataclass(slots=True)
class Declared:
    """A class. `name` is dotted, as in the source: android.Manifest.permission."""

    package: str
    name: str
    kind: str
    modifiers: frozenset[str]
    type_parameters: tuple[TypeParameter, ...] = ()
    extends: tuple[Type, ...] = ()
    implements: tuple[Type, ...] = ()
    members: list[Member] = field(default_factory=list)


class Line:
    """The tokens of one declaration, read from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = [token for token in TOKEN.findall(text) if token.strip()]
        self._at = 0

    @property
    def next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.next
        self._at += 1
        return token

    def took(self, token: str) -> bool:
        if self.next != token:
            return False
        self._at += 1
        return True

    def annotations(self) -> str | None:
        """Skip annotations; NonNull or Nullable if one of them says so."""
        found = None
        while self.took("@"):
            name = self.take()
            found = {"NonNull": "NonNull", "Nullable": "Nullable"}.get(name.rsplit(".", 1)[-1], found)
            if self.next == "(":
                self._skip_parentheses()
        return found

    def _skip_parentheses(self) -> None:
        depth = 0
        while True:
            token = self.take()
            depth += (token == "(") - (token == ")")
            if depth == 0:
                return

    def modifiers(self) -> tuple[frozenset[str], str | None]:
        found, nullness = set(), self.annotations()
        while self.next in MODIFIERS:
            found.add(self.take())
            nullness = self.annotations() or nullness
        return frozenset(found), nullness

    def type_parameters(self) -> tuple[TypeParameter, ...]:
        if not self.took("<"):
            return ()
        found = []
        while True:
            self.annotations()
            name, bounds = self.take(), []
            if self.took("extends"):
                bounds.append(self.type())
                while self.took("&"):
                    bounds.append(self.type())
            found.append(TypeParameter(name, tuple(bounds)))
            if not self.took(","):
                break
        assert self.took(">")
        return tuple(found)

    def type(self) -> Type:
        self.annotations()
        if self.took("?"):
            for word, mark in (("extends", "+"), ("super", "-")):
                if self.took(word):
                    bound = self.type()
                    return Type(bound.segments, bound.dims, mark)
            return Type(OBJECT.segments, 0, "*")
        segments = [(self.take(), self._arguments())]
        while self.took("."):
            segments.append((self.take(), self._arguments()))
        return Type(tuple(segments), self._dims())

    def _arguments(self) -> tuple[Type, ...]:
        if not self.took("<"):
            return ()
        found = self.types(frozenset({">"}))
        assert self.took(">"), self._tokens
        return found

    def _dims(self) -> int:
        dims = 0
        while True:
            self.annotations()
            if not self.took("["):
                return dims
            assert self.took("]")
            dims += 1

    def types(self, stop: frozenset[str]) -> tuple[Type, ...]:
        """A list separated by commas or spaces."""
        found = []
        while self.next not in stop:
            found.append(self.type())
            self.took(",")
        return tuple(found)


def read_signatures(path: Path) -> Iterator[Declared]:
    package, current = "", None
    for text in path.read_text(encoding="utf-8").splitlines():
        line = text.strip()
        if line.startswith("package "):
            package = line.split()[1] if "@" not in line else line.split()[-2]
        elif line.startswith(("//", "#")) or not line:
            continue
        elif text.startswith("    ") and current is not None:
            current.members.append(_member(line))
        elif text.startswith("  ") and line != "}":
            current = _declared(package, line)
            yield current


def _declared(package: str, text: str) -> Declared:
    line = Line(text)
    modifiers, _ = line.modifiers()
    kind, name = line.take(), line.take()
    assert kind in KINDS, text
    found = Declared(package, f"{package}.{name}", kind, modifiers, line.type_parameters())
    if line.took("extends"):
        found.extends = line.types(frozenset({"implements", "{"}))
    if line.took("implements"):
        found.implements = line.types(frozenset({"{"}))
    return found


def _member(text: str) -> Member:
    kind, _, rest = text.partition(" ")
    rest, _, value = rest.partition(" = ") if kind in ("field", "enum_constant") else (rest, "", "")
    line = Line(rest)
    early = line.type_parameters()
    modifiers, nullness = line.modifiers()
    type_parameters = early or line.type_parameters()
    nullness = line.annotations() or nullness
    if kind == "ctor":
        found = Member(kind, line.take(), modifiers, Type((("void", ()),)), type_parameters=type_parameters)
    else:
        type_ = line.type()
        found = Member(kind, line.take(), modifiers, type_, type_parameters=type_parameters, nullness=nullness)
    if kind in ("ctor", "method"):
        _parameters(line, found)
    elif value:
        found.value = _without_comment(value)
    return found


def _parameters(line: Line, member: Member) -> None:
    assert line.took("(")
    types, nullness = [], []
    while not line.took(")"):
        _, null = line.modifiers()
        type_ = line.type()
        if line.took("..."):
            type_, member.is_varargs = Type(type_.segments, type_.dims + 1), True
        if line.next not in (",", ")"):
            line.take()
        types.append(type_)
        nullness.append(null)
        line.took(",")
    member.parameters, member.parameter_nullness = tuple(types), tuple(nullness)
    if line.took("throws"):
        member.throws = line.types(frozenset({";", "", "default"}))


def _without_comment(value: str) -> str:
    if value.startswith('"'):
        found = re.match(r'"(?:\\.|[^"\\])*"', value)
        assert found, value  # a text may hold a semicolon
        return found[0]
    return value.split(";", 1)[0].strip()
