"""Nothing is lost and nothing leaves twice when processes are killed in the middle."""

import sqlite3
from pathlib import Path

import pytest

from dev.faults.kill_run import Size, run_kills
from dev.faults.kill_verdict import verdict_of
from roost.runtime import deps as runtime_deps
from roost.runtime.settings import settings


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run points this process at its own cloud; the tests around it have another one."""
    for name in ("AWS_ENDPOINT_URL", "MESSAGES_TABLE"):
        monkeypatch.setenv(name, "")
    for cached in (settings, runtime_deps.deps):
        cached.cache_clear()


@pytest.mark.usefixtures("clean_environment")
def test_kills_of_functions_phones_and_the_cloud_lose_nothing_and_send_nothing_twice() -> None:
    verdict = run_kills(Size(messages=12, phones=2, per_second=1.0), seed=1)
    assert verdict.is_good, verdict.lines()
    assert verdict.killed["cloud"] >= 1, "a slow machine may be done before the second is due"
    assert sum(verdict.killed.values()) > 1, "more than the cloud was killed"


def a_radio(folder: Path, *calls: tuple[str, int, int]) -> Path:
    folder.mkdir()
    with sqlite3.connect(folder / "radio.sqlite") as radio:
        radio.execute("CREATE TABLE radio_log (job_id TEXT, attempt INTEGER, part INTEGER)")
        radio.executemany("INSERT INTO radio_log VALUES (?, ?, ?)", calls)
    return folder


def test_a_verdict_tells_what_was_lost_sent_twice_or_is_stuck(tmp_path: Path) -> None:
    phones = [a_radio(tmp_path / "A", ("m1", 1, 1), ("m2", 1, 1)), a_radio(tmp_path / "B", ("m2", 1, 1))]
    shown = {"m1": "delivered", "m2": "delivered", "m3": "delivered", "m4": "HTTP 404", "m5": "sending"}
    verdict = verdict_of(shown, {*shown, "m6"}, phones, {})
    assert (len(verdict.lost), len(verdict.twice), len(verdict.stuck)) == (2, 2, 1)
    assert not verdict.is_good
