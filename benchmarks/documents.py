"""Writes what was measured into the documents and plots: between markers, so that no number is typed by hand.

`<!-- bench:figures cost -->` ... `<!-- /bench -->`: a part's figures with goals; `bench:table NAME`, `bench:plot NAME`,
`bench:words NAME` likewise; `bench:run NAME`: a run of its own; `bench:value NAME` stands within a sentence.
`python -m benchmarks.documents` writes all of them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import shown, table_lines
from benchmarks.results_file import PROJECT, read_own_run, read_results
from benchmarks.svg import drawn

DOCUMENTS = (PROJECT / "README.md", PROJECT / "docs/performance.md")
PLOTS = PROJECT / "docs/plots"
MARKED = re.compile(r"(<!-- bench:(figures|table|plot|words|run|value) (\S+) -->)(.*?)(<!-- /bench -->)", re.DOTALL)
HELD = {True: "yes", False: "**no**", None: ""}


def write_documents() -> None:
    results = read_results()
    for document in DOCUMENTS:
        document.write_text(filled(document.read_text(encoding="utf-8"), results), encoding="utf-8")
    PLOTS.mkdir(exist_ok=True)
    for file, text in plots(results):
        file.write_text(text, encoding="utf-8")


def filled(text: str, results: dict[str, Any]) -> str:
    """The same document with these results in it; where a part did not run yet, it says so."""

    def fill(match: re.Match[str]) -> str:
        begin, kind, name, _, end = match.groups()
        if kind == "value":
            return f"{begin}{_value(results, name)}{end}"
        try:
            lines = list(BLOCKS[kind](results, name))
        except (KeyError, FileNotFoundError):
            lines = ["Not measured yet."]
        return "\n".join([begin, *lines, end])

    return MARKED.sub(fill, text)


def plots(results: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for part in results["parts"].values():
        for name, plot in part["plots"].items():
            yield PLOTS / f"{name}.svg", drawn(plot)


def _value(results: dict[str, Any], name: str) -> str:
    found = {figure["name"]: figure for part in results["parts"].values() for figure in part["figures"]}.get(name)
    if found is None:
        return "(not measured yet)"
    value = shown(found["value"])
    return f"${value}" if found["unit"] == "$" else f"{value} {found['unit']}".strip()


def _figures(results: dict[str, Any], name: str) -> Iterator[str]:
    part = results["parts"][name]
    yield from table_lines(["figure", "measured", "goal", "holds"], (_row(figure) for figure in part["figures"]))
    yield ""
    for reason in _reasons(part["figures"]):
        yield reason
        yield ""
    yield f"{_ran_on(part)}; {part['seconds']} s."


def _reasons(figures: list[dict[str, Any]]) -> Iterator[str]:
    """Each once, with all figures it is about."""
    about: dict[str, list[str]] = {}
    for figure in filter(_is_explained, figures):
        about.setdefault(figure["reason"], []).append(f"*{figure['says']}*")
    yield from (f"{'; '.join(says)}: {reason}." for reason, says in about.items())


def _ran_on(ran: dict[str, Any]) -> str:
    return f"{ran['at']}, commit {ran['commit']}, {ran['machine']}"


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


def _words(results: dict[str, Any], name: str) -> Iterator[str]:
    yield {key: words for part in results["parts"].values() for key, words in part.get("words", {}).items()}[name]


def _own_run(_: dict[str, Any], name: str) -> Iterator[str]:
    ran = read_own_run(name)
    yield f"`{ran['command']}`:"
    yield ""
    yield from table_lines(
        ["found", ""], ([key.replace("_", " "), _cell(value)] for key, value in ran["found"].items())
    )
    yield ""
    yield f"{_ran_on(ran)}."


def _cell(value: Any) -> Any:
    return ", ".join(f"{key} {shown(each)}" for key, each in value.items()) if isinstance(value, dict) else value


BLOCKS = {"figures": _figures, "table": _table, "plot": _plot, "words": _words, "run": _own_run}


if __name__ == "__main__":
    write_documents()
