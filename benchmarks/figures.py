"""What a benchmark finds: figures with their goals, tables, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Cell = str | float | int | None
Size = Literal["full", "small"]
"""`small`: seconds instead of minutes, to see that a benchmark runs; its figures are not worth keeping."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`at_most`: the goal; None for what is only told. `reason`: why it cannot be reached, where it is not."""

    name: str
    says: str
    value: float
    unit: str = ""
    at_most: float | None = None
    reason: str = ""

    @property
    def holds(self) -> bool | None:
        return None if self.at_most is None else self.value <= self.at_most

    def as_json(self) -> dict[str, Any]:
        shown = {"name": self.name, "says": self.says, "value": self.value, "unit": self.unit, "at_most": self.at_most}
        return {**shown, "holds": self.holds, **({"reason": self.reason} if self.reason else {})}


@dataclass(frozen=True, slots=True)
class Table:
    """`says`: its heading. Numbers are shown as they are: round them before."""

    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def as_json(self) -> dict[str, Any]:
        return {"says": self.says, "columns": list(self.columns), "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True, slots=True)
class Bars:
    """A plot of one number for each label. `logarithmic`: where a bar would hide the others."""

    says: str
    unit: str
    bars: tuple[tuple[str, float], ...]
    logarithmic: bool = False

    def as_json(self) -> dict[str, Any]:
        shown = {"says": self.says, "unit": self.unit, "bars": [list(bar) for bar in self.bars]}
        return {**shown, "logarithmic": self.logarithmic}


@dataclass(slots=True)
class Found:
    """Of one part. Names of tables, plots and words are unique over all parts. `words`: sentences that say numbers."""

    figures: list[Figure] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    plots: dict[str, Bars] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "figures": [figure.as_json() for figure in self.figures],
            "tables": {name: table.as_json() for name, table in self.tables.items()},
            "plots": {name: plot.as_json() for name, plot in self.plots.items()},
            "words": self.words,
        }


def shown(value: Cell) -> str:
    """A number as a person reads it: no more digits than it is worth."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}"


def table_lines(columns: tuple[str, ...] | list[str], rows: Any) -> Iterator[str]:
    """A table in Markdown; columns after the first are numbers."""
    yield "| " + " | ".join(columns) + " |"
    yield "|---|" + "---:|" * (len(columns) - 1)
    for row in rows:
        yield "| " + " | ".join(shown(cell) for cell in row) + " |"
