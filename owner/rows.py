"""What a command answers: rows of named values, as a table for a person or as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps([dict(row) for row in rows], indent=1, ensure_ascii=False)


def as_table(rows: Sequence[Row]) -> str:
    """One row as lines of `name  value`, several as columns under their names."""
    if not rows:
        return "none"
    if len(rows) == 1:
        width = max(len(name) for name in rows[0])
        return "\n".join(f"{name:<{width}}  {_shown(value)}" for name, value in rows[0].items())
    names = list(rows[0])
    lines = [names, *([_shown(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(str(member) for member in value) or "-"
    return str(value)
