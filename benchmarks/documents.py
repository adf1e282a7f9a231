"""Writes what was measured into the documents and plots: between markers, so that no number is typed by hand.

`<!-- bench:figures cost -->` ... `<!-- /bench -->`: a part's figures with goals; `bench:table NAME`, `bench:plot NAME`
likewise; `bench:value NAME` stands within a sentence. `python -m benchmarks.documents` writes all of them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import shown, table_lines
from benchmarks.results_file import PROJECT, read_results
from benchmarks.svg import drawn

DOCUMENTS = (PROJECT / "README.md", PROJECT / "docs/performance.md")
PLOTS = PROJECT / "docs/plots"
MARKED = re.compile(r"(<!-- bench:(figures|table|plot|value) (\S+) -->)(.*?)(<!-- /bench -->)", re.DOTALL)
HELD = {True: "yes", False: "**no**", None: ""}


def write_documents() -> None:
    results = read_results()
    for document in DOCUMENTS:
        document.write_text(filled(document.read_text(encoding="utf-8"), results), encoding="utf-8")
    PLOTS.mkdir(exist_ok=True)
    for file, text in plots(results):
        file.write_text(text, encoding="utf-8")


def filled(text: str, results: dict[str, Any]) -> str:
    """The same document with these results in it. Raises KeyError for a value that nothing measured."""

    def fill(match: re.Match[str]) -> str:
        begin, kind, name, _, end = match.groups()
        if kind == "value":
            return f"{begin}{_value(results, name)}{end}"
        try:
            lines = list({"figures": _figures, "table": _table, "plot": _plot}[kind](results, name))
        except KeyError:
            lines = ["Not measured yet."]
        return "\n".join([begin, *lines, end])

    return MARKED.sub(fill, text)


def plots(results: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for part in results["parts"].values():
        for name, plot in part["plots"].items():
            yield PLOTS / f"{name}.svg", drawn(plot)


def _value(results: dict[str, Any], name: str) -> str:
    found = {figure["name"]: figure for part in results["parts"].values() for figure in part["figures"]}[name]
    value = shown(found["value"])
    return f"${value}" if found["unit"] == "$" else f"{value} {found['unit']}".strip()


def _figures(results: dict[str, Any], name: str) -> Iterator[str]:
    part = results["parts"][name]
    yield from table_lines(["figure", "measured", "goal", "holds"], (_row(figure) for figure in part["figures"]))
    yield ""
    yield from (f"*{figure['says']}*: {figure['reason']}" for figure in part["figures"] if _is_explained(figure))
    yield f"{part['at']}, commit {part['commit']}, {part['machine']}; {part['seconds']} s."


def _row(figure: dict[str, Any]) -> list[Any]:
    goal = "" if figure["at_most"] is None else f"≤ {shown(figure['at_most'])}"
    return [figure["says"], f"{shown(figure['value'])} {figure['unit']}".strip(), goal, HELD[figure["holds"]]]


def _is_explained(figure: dict[str, Any]) -> bool:
    return figure["holds"] is False and "reason" in figure


def _table(results: dict[str, Any], name: str) -> Iterator[str]:
    table = {key: table for part in results["parts"].values() for key, table in part["tables"].items()}[name]
    yield f"{table['says']}:"
    yield ""
    yield from table_lines(table["columns"], table["rows"])


def _plot(results: dict[str, Any], name: str) -> Iterator[str]:
    plot = {key: plot for part in results["parts"].values() for key, plot in part["plots"].items()}[name]
    yield f"![{plot['says']}](plots/{name}.svg)"


if __name__ == "__main__":
    write_documents()
