"""Imports go one way: functions, dialects, web, usecases, storage or outbound, domain."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.contract.import_rule import MAY_IMPORT, forbidden_imports
from tests.contract.repository import ROOT, parsed, shown

PACKAGE = ROOT / "shared" / "roost"


def part_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0] if file.is_relative_to(PACKAGE) else "functions"


def test_every_part_of_the_package_has_its_rule() -> None:
    parts = {folder.name for folder in PACKAGE.iterdir() if folder.is_dir() and any(folder.rglob("*.py"))}
    assert parts <= set(MAY_IMPORT)


def test_no_file_imports_outward() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if file.parent != PACKAGE] + list(
        (ROOT / "functions").rglob("*.py")
    )
    found = [
        f"{shown(file)} imports {name}" for file in files for name in forbidden_imports(part_of(file), parsed(file))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("domain", "import boto3"),
        ("domain", "from roost.storage import messages"),
        ("usecases", "from roost.web.app import create_app"),
        ("usecases", "import fastapi"),
        ("storage", "from roost import outbound"),
        ("storage", "from roost.runtime.settings import settings"),
        ("dialects", "from roost.runtime.deps import deps"),
        ("web", "from roost.dialects import eightms"),
        ("web", "from functions.send_message import app"),
        ("usecases", "if TYPE_CHECKING:\n    from roost.dialects import eightms"),
        ("outbound", "def late():\n    import roost.storage.messages"),
    ],
)
def test_an_outward_import_is_seen(part: str, line: str) -> None:
    assert list(forbidden_imports(part, ast.parse(line)))


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("domain", "import json\nfrom pydantic import BaseModel\nfrom roost.domain import ids"),
        ("functions", "from roost.dialects.eightms import routes\nfrom roost.usecases.wake_phones import wake_phones"),
        ("usecases", "from roost.runtime.deps import Deps\nfrom roost.storage import messages"),
    ],
)
def test_an_inward_import_is_fine(part: str, line: str) -> None:
    assert not list(forbidden_imports(part, ast.parse(line)))


def test_only_runtime_reads_the_environment() -> None:
    readers = {
        shown(file)
        for file in [*PACKAGE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and part_of(file) != "runtime"
    }
    assert readers == set()
