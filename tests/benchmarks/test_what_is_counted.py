"""The benchmark counts what a deployed Roost is billed for, the lines it writes, too."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from benchmarks.counted_world import counting
from benchmarks.prices import Counted
from benchmarks.traffic_runs import single_at_pace

METRIC_LINES_OF_A_MESSAGE = 2 * 200
"""Decision 0033: how long it waited, and how it ended, each a line of some 225 bytes, 280 with its time."""


def counted_of_a_message() -> Counted:
    with counting() as counted:
        return single_at_pace(counted, "small").counted


def test_the_lines_of_the_metrics_are_counted_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as another_process:
        counted = another_process.submit(counted_of_a_message).result()
    assert counted.log_bytes >= METRIC_LINES_OF_A_MESSAGE
    assert capfd.readouterr().out == ""
