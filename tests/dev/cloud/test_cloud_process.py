"""Starting the local cloud from another process: what it gives, and what it says when it cannot."""

from pathlib import Path

import boto3
import pytest

import dev.cloud_process
from dev.cloud_process import CloudError, CloudProcess


def test_a_missing_installation_says_how_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.cloud_process, "CLOUD_PYTHON", tmp_path / "none")
    with pytest.raises(CloudError, match="run `make setup`"):
        CloudProcess.start(tmp_path / "state")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(CloudError, match=r"no template at .*nowhere\.yaml; pass --template"):
        CloudProcess.start(tmp_path / "state", template=tmp_path / "nowhere.yaml")


def test_a_missing_interpreter_of_the_functions_is_named(tmp_path: Path, project: Path) -> None:
    with pytest.raises(CloudError, match=r"no interpreter for the functions .*run `make setup`"):
        CloudProcess.start(tmp_path / "state", template=project, python=tmp_path / "none")


def test_a_template_the_translator_refuses_is_explained(tmp_path: Path, project: Path) -> None:
    text = project.read_text(encoding="utf-8").replace(
        "CodeUri: functions/echo/", "CodeUri: functions/echo/\n      X: 1"
    )
    project.write_text(text, encoding="utf-8")
    with pytest.raises(CloudError, match=r"(?s)SAM translator refuses the template.*EchoFunction"):
        CloudProcess.start(tmp_path / "state", template=project)


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path, project: Path) -> None:
    with pytest.raises(CloudError, match="was not ready after 0 s"):
        CloudProcess.start(tmp_path / "state", template=project, timeout_seconds=0.01)


def test_its_environment_points_an_aws_client_at_it(cloud: CloudProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cloud.aws_environment().items():
        monkeypatch.setenv(name, value)
    tables = boto3.Session().client("dynamodb").list_tables()["TableNames"]
    assert tables == [cloud.outputs["ItemsTable"]]


def test_it_runs_until_it_is_killed(tmp_path: Path, project: Path) -> None:
    cloud = CloudProcess.start(tmp_path / "state", template=project, ephemeral=True)
    assert cloud.is_running()
    cloud.kill()
    assert not cloud.is_running()
    with pytest.raises(CloudError, match="does not answer"):
        cloud.drain(1)
