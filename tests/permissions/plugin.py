"""pytest plugin: `--permissions=FOLDER` keeps what each local cloud of the run allowed, and what was used of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.artifacts.template_functions import template_functions
from dev.cloud.template_yaml import read_template
from dev.cloud_process import PERMISSIONS_USED, PROJECT, CloudProcess
from tests.permissions.roles import FunctionRoles
from tests.permissions.uses import uses_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--permissions", type=Path, help="folder for what the functions used of their policies")


@pytest.fixture(scope="session")
def keep_permissions(pytestconfig: pytest.Config) -> Callable[[CloudProcess, Path], None]:
    """To be called before a cloud stops, with its state folder."""
    folder: Path | None = pytestconfig.getoption("--permissions")

    def keep(cloud: CloudProcess, state: Path) -> None:
        if folder is not None:
            names = [function.name for function in template_functions(read_template(PROJECT / "template.yaml"))]
            uses = uses_of(cloud, FunctionRoles(cloud), state / PERMISSIONS_USED, names)
            uses.write(folder / f"{uuid.uuid4().hex}.json")

    return keep
