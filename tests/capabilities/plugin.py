"""pytest plugin: the marker `capability("SMS8-17", ...)`, checked against the list of promised capabilities.

The ids travel in each report's user properties, so they are counted right under pytest-xdist too.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.capabilities.results import capability_titles

PROPERTY = "capability"
WORST_FIRST = ("failed", "skipped", "passed")


class OutcomeRecorder:
    """Writes id -> outcomes as JSON when the session ends."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._tests: dict[str, tuple[list[str], str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = [str(value) for name, value in report.user_properties if name == PROPERTY]
        _, before = self._tests.get(report.nodeid, (ids, "passed"))
        self._tests[report.nodeid] = (ids, min(before, report.outcome, key=WORST_FIRST.index))

    def pytest_sessionfinish(self) -> None:
        outcomes: dict[str, list[str]] = {}
        for ids, outcome in self._tests.values():
            for id_ in ids:
                outcomes.setdefault(id_, []).append(outcome)
        self._target.write_text(json.dumps(outcomes), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--capability-outcomes", type=Path, help="write the outcomes per capability id to this JSON file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "capability(*ids): this test shows these promised capabilities")
    target = config.getoption("--capability-outcomes")
    if target is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(OutcomeRecorder(target))


def pytest_itemcollected(item: pytest.Item) -> None:
    ids = [id_ for marker in item.iter_markers("capability") for id_ in marker.args]
    if any(True for marker in item.iter_markers("capability") if not marker.args):
        raise pytest.UsageError(f"{item.nodeid}: the capability marker names no id")
    for id_ in dict.fromkeys(ids):
        if id_ not in capability_titles():
            raise pytest.UsageError(f"{item.nodeid}: there is no capability {id_!r} (see capabilities.json)")
        item.user_properties.append((PROPERTY, id_))
