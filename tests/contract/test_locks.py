"""Every environment and layer is locked: exact, complete, and at one version where two meet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.repository import ROOT, functions

LOCKS = sorted([*ROOT.glob("layers/*/requirements.txt"), *ROOT.glob("requirements/*.txt")])
TOGETHER = sorted([*ROOT.glob("layers/*/requirements.txt"), ROOT / "requirements" / "dev.txt"])
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)( ; .+)?")


def pins(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    matches = [PIN.fullmatch(line) for line in lines]
    assert None not in matches, (
        f"not an exact pin: {[line for line, match in zip(lines, matches, strict=True) if not match]}"
    )
    return {match["name"].lower(): match["version"] for match in matches if match}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_pins_exactly_all_that_its_source_asks_for(lock: Path) -> None:
    source = lock.with_suffix(".in").read_text(encoding="utf-8")
    asked = {re.split(r"[\[=<>]", line)[0] for line in source.splitlines() if line and not line.startswith("#")}
    assert asked <= set(pins(lock.read_text(encoding="utf-8")))


def test_what_shares_an_environment_shares_its_versions() -> None:
    versions: dict[str, set[str]] = {}
    for lock in TOGETHER:
        for name, version in pins(lock.read_text(encoding="utf-8")).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_no_package_of_core_is_carried_twice() -> None:
    core = set(pins((ROOT / "layers/core/requirements.txt").read_text(encoding="utf-8")))
    for layer in ("web", "mcp", "push", "pages", "oidc", "docs"):
        assert not core & set(pins((ROOT / f"layers/{layer}/requirements.txt").read_text(encoding="utf-8"))), layer


def test_every_function_has_our_code_and_core() -> None:
    """The other layers are locked on top of core, so they work only beside it."""
    for function in functions():
        assert function.layers[:2] == ("RoostLayer", "CoreLayer"), function.name
