"""The numbers in the documents are those of the newest run of `make bench`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import PARTS, WHOLE
from benchmarks.cost_model import designs, total
from benchmarks.documents import DOCUMENTS, MARKED, PLOTS, filled, plots
from benchmarks.prices import Counted, of_a_million
from benchmarks.results_file import LATEST, read_own_run, read_results
from tests.contract.repository import function_names

OWN_RUNS = sorted(file.stem for file in LATEST.parent.glob("*.json") if file != LATEST)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_says_what_was_measured(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert filled(text, read_results()) == text, "run `python -m benchmarks.documents`"


def marked(document: Path, *kinds: str) -> set[str]:
    """Names between markers of these kinds."""
    return {match[3] for match in MARKED.finditer(document.read_text(encoding="utf-8")) if match[2] in kinds}


def test_the_page_shows_every_part_that_was_measured() -> None:
    assert set(read_results()["parts"]) <= marked(DOCUMENTS[1], "figures")


@pytest.mark.parametrize("part", [*PARTS, WHOLE])
def test_each_part_of_the_bench_was_measured(part: str) -> None:
    assert part in read_results()["parts"], "run `make bench`"


def test_the_import_of_each_function_was_measured_once() -> None:
    rows = read_results()["parts"]["cold_start"]["tables"]["imports"]["rows"]
    assert sorted(name for name, *_ in rows) == sorted(function_names()), "run `make bench ONLY=cold_start`"


def test_the_page_shows_every_sentence_and_plot_that_was_written() -> None:
    parts = read_results()["parts"].values()
    assert {name for part in parts for name in part.get("words", {})} <= marked(DOCUMENTS[1], "words")
    assert {name for part in parts for name in part["plots"]} <= marked(DOCUMENTS[1], "plot")


def test_the_readme_has_its_measured_numbers_from_the_bench() -> None:
    assert marked(DOCUMENTS[0], "value") == {"single_at_pace_writes", "campaign_writes", "sms8_seconds"}


@pytest.mark.parametrize("name", OWN_RUNS)
def test_a_run_of_its_own_says_how_it_was_made_and_is_on_the_page(name: str) -> None:
    ran = read_own_run(name)
    assert ran["command"].startswith(f"python -m benchmarks.{name} ")
    assert all(ran[told] for told in ("commit", "machine", "at"))
    assert name in marked(DOCUMENTS[1], "run")


def test_each_plot_shows_what_was_measured() -> None:
    drawn = {file.name: text for file, text in plots(read_results())}
    assert {file.name: file.read_text(encoding="utf-8") for file in PLOTS.glob("*.svg")} == drawn


def test_a_reason_is_said_once_for_all_figures_that_have_it() -> None:
    missed = {"value": 3, "unit": "", "at_most": 2, "holds": False, "reason": "it rains"}
    figures = [{"name": "a", "says": "one", **missed}, {"name": "b", "says": "two", **missed}]
    ran = {"commit": "c", "machine": "m", "at": "2026", "seconds": 1}
    text = filled("<!-- bench:figures x --><!-- /bench -->", {"parts": {"x": {"figures": figures, **ran}}})
    assert "\n\n*one*; *two*: it rains.\n\n2026, commit c, m; 1 s.\n" in text


def test_a_number_that_was_not_measured_yet_is_not_made_up() -> None:
    assert "(not measured yet)" in filled("<!-- bench:value n -->9<!-- /bench -->", {"parts": {}})


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
