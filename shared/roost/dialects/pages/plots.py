"""Bars as inline SVG, drawn here: no script, and a table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, STEP, WIDTH = 100, 10, 8
"""Of the plot, of one bar with its gap, of one bar: units of the picture's own."""

LENGTH = 1_000
"""Of a bar that lies."""


Column = tuple[str, Sequence[tuple[str, int]]]
"""(label, (part, value)...): the first part stands at the bottom."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `name`: of its part, which the style sheet colours; `title`: what a pointer on it says."""

    x: int
    y: int
    height: int
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Plot:
    bars: tuple[Bar, ...]
    width: int
    most: int
    """What the highest bar stands for."""


def stacked(columns: Sequence[Column]) -> Plot:
    """From left to right."""
    most = max((sum(value for _, value in parts) for _, parts in columns), default=0)
    bars: list[Bar] = []
    for place, (label, parts) in enumerate(columns):
        top = HEIGHT
        for name, value in parts:
            height = value * HEIGHT // most if most else 0
            top -= height
            if height:
                bars.append(Bar(place * STEP, top, height, name, f"{label}: {name} {value}"))
    return Plot(tuple(bars), max(1, len(columns)) * STEP, most)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar that lies, from `x` on."""

    x: int
    width: int
    name: str


def along(parts: Sequence[tuple[str, int]]) -> tuple[Stretch, ...]:
    """(part, value)... from left to right over the whole LENGTH; a part of nothing is left out."""
    total = sum(value for _, value in parts)
    stretches: list[Stretch] = []
    passed = 0
    for name, value in parts:
        start, passed = passed, passed + value
        x = start * LENGTH // total if total else 0
        if value:
            stretches.append(Stretch(x, passed * LENGTH // total - x, name))
    return tuple(stretches)
