"""One ephemeral cloud on the small project for all tests that leave it as it is."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from dev.cloud_process import CloudProcess
from tests.dev.cloud.small_project import write_project


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.text)


Fetch = Callable[..., Reply]


def fetch(url: str, method: str = "GET", headers: dict[str, str] | None = None) -> Reply:
    """One request, whatever its status."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return Reply(response.status, _lower(response.headers), response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _lower(error.headers), error.read().decode())


def client(cloud: CloudProcess, service: str) -> Any:
    """A boto3 client of a cloud."""
    session: Any = boto3.Session("test", "test", region_name=cloud.region)
    return session.client(service, endpoint_url=cloud.endpoint)


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs") / "lines.log"


@pytest.fixture(scope="session")
def progress() -> list[str]:
    """What the session's cloud says to people."""
    return []


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, logs: Path, progress: list[str]) -> Iterator[CloudProcess]:
    template = write_project(tmp_path_factory.mktemp("project"))
    state = tmp_path_factory.mktemp("state")
    with CloudProcess.start(
        state,
        ephemeral=True,
        template=template,
        logs=logs,
        parameters={"Greeting": "good day"},
        progress=progress.append,
    ) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project")


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
