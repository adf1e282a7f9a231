"""Start and start again: what is refused, what is said, and when it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev.cloud_process import CloudError, CloudProcess
from tests.dev.cloud.conftest import fetch
from tests.dev.cloud.steps import edit, keys, put, start, until


def test_a_change_in_a_layer_alone_runs_at_the_next_start(tmp_path: Path, project: Path) -> None:
    with start(tmp_path / "state", project) as cloud:
        assert fetch(f"{cloud.front}/items/1").json["word"] == "first"
    (project.parent / "shared/words.py").write_text('WORD = "second"\n', encoding="utf-8")
    with start(tmp_path / "state", project) as again:
        assert fetch(f"{again.front}/items/1").json["word"] == "second"


def test_a_changed_table_key_is_refused_and_loses_nothing(tmp_path: Path, project: Path) -> None:
    with start(tmp_path / "state", project) as cloud:
        put(cloud, "kept")
    edit(project, "{ AttributeName: sk, AttributeType: S }", "{ AttributeName: sort, AttributeType: S }")
    edit(project, "{ AttributeName: sk, KeyType: RANGE }", "{ AttributeName: sort, KeyType: RANGE }")
    with pytest.raises(CloudError, match=r"would lose data: the key of ItemsTable .*--replace-tables"):
        start(tmp_path / "state", project)
    edit(project, "AttributeName: sort", "AttributeName: sk")
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {"kept"}


def test_with_the_flag_a_table_with_another_key_starts_empty(tmp_path: Path, project: Path) -> None:
    with start(tmp_path / "state", project) as cloud:
        put(cloud, "lost")
    edit(project, "{ AttributeName: sk, AttributeType: S }", "{ AttributeName: sort, AttributeType: S }")
    edit(project, "{ AttributeName: sk, KeyType: RANGE }", "{ AttributeName: sort, KeyType: RANGE }")
    start(tmp_path / "state", project, "--replace-tables").kill()
    with start(tmp_path / "state", project) as again:
        assert keys(again) == set()


def test_a_deploy_that_fails_says_why_and_leaves_the_state_as_it_was(tmp_path: Path, project: Path) -> None:
    with start(tmp_path / "state", project) as cloud:
        put(cloud, "kept")
    broken = (
        "FailedQueue: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { maxReceiveCount: !GetAtt Api.No } } }"
    )
    edit(project, "FailedQueue: { Type: AWS::SQS::Queue }", broken)
    with pytest.raises(CloudError, match=r"(?s)the stack .*FailedQueue.*state in .* is as it was") as refused:
        start(tmp_path / "state", project)
    assert "CREATE_COMPLETE" not in str(refused.value)  # events of the stack's first deploy
    edit(project, broken, "FailedQueue: { Type: AWS::SQS::Queue }")
    with start(tmp_path / "state", project) as again:
        assert keys(again) == {"kept"}


def test_what_the_engine_does_not_know_is_named(cloud: CloudProcess, progress: list[str]) -> None:
    assert "not deployed, the local engine has no AWS::Budgets::Budget: MonthlyBudget" in progress


def test_two_clouds_on_one_state_folder_are_refused(tmp_path: Path, project: Path) -> None:
    with (
        start(tmp_path / "state", project),
        pytest.raises(CloudError, match=r"another local cloud runs on .*; stop it, or pass another --state"),
    ):
        start(tmp_path / "state", project)


def test_a_port_that_is_taken_is_named(tmp_path: Path, project: Path, cloud: CloudProcess) -> None:
    port = int(cloud.front.rsplit(":", 1)[1])
    with pytest.raises(CloudError, match=rf"cannot listen on 127.0.0.1:{port} .*choose another with --front"):
        CloudProcess.start(tmp_path / "state", template=project, front_port=port)


def test_the_cloud_ends_with_the_process_that_started_it(tmp_path: Path, project: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from dev.cloud_process import CloudProcess\n"
        f"state, template = Path({str(tmp_path / 'state')!r}), Path({str(project)!r})\n"
        "cloud = CloudProcess.start(state, ephemeral=True, template=template)\n"
        "print(cloud.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent.stdout:
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    until(lambda: not _is_alive(pid))


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
