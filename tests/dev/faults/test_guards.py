"""The table of guards is about the code as it is, and a scenario that it names exists."""

import ast
import shutil
from pathlib import Path

import pytest

from dev.faults.engine import PROJECT
from dev.faults.guard import Guard
from dev.faults.guards import GUARDS, remove, what_catches
from dev.faults.scenarios import TABLES, read_table


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name.replace(" ", "_"))
def test_a_guard_is_where_the_table_says_and_the_code_without_it_still_reads(guard: Guard, tmp_path: Path) -> None:
    copy = tmp_path / guard.file
    copy.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "shared/roost" / guard.file, copy)
    remove(guard, tmp_path)
    ast.parse(copy.read_text())


def test_every_scenario_that_should_catch_a_guard_exists() -> None:
    known = {name for table in TABLES for scenario in read_table(table) for name in (scenario.name, scenario.number)}
    assert {name for guard in GUARDS for name in guard.scenarios} <= known


def test_an_absence_that_changes_nothing_is_reported_as_not_noticed() -> None:
    same = Guard("nothing", "usecases/revoke_lease.py", "now = deps.now()", "now = deps.now() + 0", ("F04",))
    assert what_catches(same) is None
