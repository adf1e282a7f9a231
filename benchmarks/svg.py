"""Bars as SVG text: the same numbers always give the same file."""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.figures import shown

WIDTH, ROW, LABELS, NUMBERS, HEAD = 820, 24, 330, 90, 40
OURS, OTHERS = "#2f6f4f", "#9aa5a0"
FONT = "font-family='system-ui, sans-serif' font-size='13'"


def drawn(plot: dict[str, Any]) -> str:
    """`plot`: Bars.as_json. A logarithmic axis begins a little below the smallest value."""
    bars = plot["bars"]
    height = HEAD + ROW * len(bars) + 10
    scale = _logarithmic(bars) if plot["logarithmic"] else _linear(bars)
    says = (
        plot["says"] + (f" ({plot['unit']})" if plot["unit"] else "") + (", logarithmic" if plot["logarithmic"] else "")
    )
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' role='img'>",
        f"<rect width='{WIDTH}' height='{height}' fill='white'/>",
        f"<text x='10' y='24' {FONT} font-weight='bold'>{escape(says)}</text>",
    ]
    for place, (label, value) in enumerate(bars):
        lines += _bar(HEAD + ROW * place, label, value, scale(value))
    return "\n".join([*lines, "</svg>", ""])


def _bar(top: int, label: str, value: float, part: float) -> list[str]:
    width = max(1, round((WIDTH - LABELS - NUMBERS) * part))
    colour = OURS if label.startswith("Roost") or (":" not in label and "(" not in label) else OTHERS
    return [
        f"<text x='{LABELS - 8}' y='{top + 15}' text-anchor='end' {FONT}>{escape(label[:46])}</text>",
        f"<rect x='{LABELS}' y='{top + 3}' width='{width}' height='{ROW - 8}' fill='{colour}'/>",
        f"<text x='{LABELS + width + 6}' y='{top + 15}' {FONT}>{shown(value)}</text>",
    ]


def _linear(bars: list[tuple[str, float]]) -> Any:
    most = max(value for _, value in bars) or 1
    return lambda value: value / most


def _logarithmic(bars: list[tuple[str, float]]) -> Any:
    values = [value for _, value in bars if value > 0]
    low, high = math.log10(min(values)) - 0.3, math.log10(max(values))
    return lambda value: (math.log10(value) - low) / (high - low) if value > 0 else 0
