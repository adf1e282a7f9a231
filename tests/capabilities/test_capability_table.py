"""The table `make capabilities` prints can be trusted: ids exist, a failure shows, a skip proves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capabilities.results import capability_titles, results, table

ROOT = Path(__file__).parents[2]

SAMPLE = """
import pytest

@pytest.mark.capability("SMS8-17")
@pytest.mark.parametrize("number", [1, 2])
def test_shown_twice(number): pass

@pytest.mark.capability("SMS8-18", "X-13")
def test_shows_two(): pass

@pytest.mark.capability("SMS8-18")
def test_fails(): assert False

@pytest.mark.capability("SFA-01")
def test_is_skipped(): pytest.skip("not here")

@pytest.mark.capability("SFA-02")
def test_fails_at_the_end(broken_afterwards): pass

@pytest.fixture
def broken_afterwards():
    yield
    raise RuntimeError

def test_carries_no_marker(): assert False
"""


def table_of(source: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.capabilities.plugin"]\n')
    (tmp_path / "test_sample.py").write_text(source)
    command = [sys.executable, "-m", "tests.capabilities", f"--rootdir={tmp_path}", "-c", os.devnull, str(tmp_path)]
    return subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_specification_promises_198_capabilities_in_its_order() -> None:
    ids = list(capability_titles())
    families = [id_.split("-")[0] for id_ in ids]
    assert len(ids) == 198
    assert list(dict.fromkeys(families)) == ["SMS8", "SFA", "8MS", "DORA", "X"]
    assert [id_ for id_ in ids if id_.startswith("X-")] == [f"X-{number:02}" for number in range(1, 14)]


def test_the_table_has_one_line_per_id_and_ends_with_the_sum() -> None:
    lines = table(results({"SMS8-17": ["passed", "passed"], "SMS8-18": ["passed"], "X-13": ["failed"]})).splitlines()
    assert len(lines) == 199
    assert lines[15:18] == ["SMS8-16  none  0 tests", "SMS8-17  pass  2 tests", "SMS8-18  pass  1 test"]
    assert lines[-2:] == ["X-13  fail  1 test", "2 of 198 pass"]


def test_each_marked_test_counts_once_under_each_of_its_ids(tmp_path: Path) -> None:
    run = table_of(SAMPLE, tmp_path)
    lines = run.stdout.splitlines()
    assert run.returncode == 1, run.stderr
    assert "SMS8-17  pass  2 tests" in lines
    assert "SMS8-18  fail  2 tests" in lines, "one failing test fails the id"
    assert "SFA-01  none  0 tests" in lines, "a skipped test shows nothing"
    assert "SFA-02  fail  1 test" in lines, "a failing teardown fails the id"
    assert lines[-2:] == ["X-13  pass  1 test", "2 of 198 pass"]


@pytest.mark.parametrize("marker", ['capability("SMS8-99")', "capability()"], ids=["an unknown id", "no id"])
def test_a_marker_that_names_no_promised_capability_stops_the_run(marker: str, tmp_path: Path) -> None:
    run = table_of(f"import pytest\n@pytest.mark.{marker}\ndef test_it(): pass\n", tmp_path)
    assert run.returncode != 0
    assert "capability" in run.stderr
    assert "of 198 pass" not in run.stdout
