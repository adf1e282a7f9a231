"""`make bench` goes through all parts and says what became of each."""

from __future__ import annotations

import sys

import pytest

from benchmarks import __main__ as command
from benchmarks.figures import Figure, Found

HELD = Found([Figure("a", "a thing", 1, "s", 2)])
MISSED = Found([Figure("b", "another", 3, "s", 2, "it rains")])


def told(monkeypatch: pytest.MonkeyPatch, found: dict[str, Found | str]) -> int:
    """The exit code, with parts that found this, or broke."""
    monkeypatch.setattr(command, "in_a_process_of_its_own", lambda part, _: found[part])
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", ",".join(found), "--small"])
    return command.main()


def test_a_part_that_breaks_is_named_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, {"cost": "Traceback: it broke", "growth": HELD}) == 1
    out, err = capsys.readouterr()
    assert "a thing" in out
    assert "Broke, and keep what they found before: cost" in out
    assert "it broke" in err


def test_a_missed_goal_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, {"cost": HELD, "growth": MISSED}) == 1
    out = capsys.readouterr().out
    assert "DOES NOT HOLD  because it rains" in out
    assert "Not every goal holds: growth" in out


def test_the_last_line_of_the_table_is_the_time_of_all_with_its_goal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, dict.fromkeys(command.PARTS, HELD)) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split() == ["seconds", "of", "all", "parts", "together", "0", "s", "at", "most", "900", "holds"]
