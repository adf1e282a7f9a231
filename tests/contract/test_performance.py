"""The numbers in the documents are those of the newest run of `make bench`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cost_model import designs, total
from benchmarks.documents import DOCUMENTS, MARKED, PLOTS, filled, plots
from benchmarks.prices import Counted, of_a_million
from benchmarks.results_file import read_results


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_says_what_was_measured(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert filled(text, read_results()) == text, "run `python -m benchmarks.documents`"


def test_the_page_shows_every_part_that_was_measured() -> None:
    shown = {match[3] for match in MARKED.finditer(DOCUMENTS[1].read_text(encoding="utf-8"))}
    assert set(read_results()["parts"]) <= shown


def test_each_plot_shows_what_was_measured() -> None:
    drawn = {file.name: text for file, text in plots(read_results())}
    assert {file.name: file.read_text(encoding="utf-8") for file in PLOTS.glob("*.svg")} == drawn


def test_a_changed_number_is_seen() -> None:
    results = {"parts": {"x": {"figures": [{"name": "n", "value": 2.5, "unit": "$"}]}}}
    assert filled("It costs <!-- bench:value n -->$9<!-- /bench -->.", results) == (
        "It costs <!-- bench:value n -->$2.50<!-- /bench -->."
    )


@pytest.mark.parametrize("name", designs())
def test_the_model_gives_each_design_its_checked_price(name: str) -> None:
    design = designs()[name]
    assert round(total(design), 2) == design["total"]


def test_half_the_memory_costs_the_same_cpu_and_half_the_waiting() -> None:
    small, large = Counted(cpu_ms=10, waited_ms=100, memory_mb=256), Counted(cpu_ms=10, waited_ms=100, memory_mb=512)
    waiting = of_a_million(Counted(waited_ms=100))["Lambda"]
    assert of_a_million(large)["Lambda"] - of_a_million(small)["Lambda"] == pytest.approx(waiting)
