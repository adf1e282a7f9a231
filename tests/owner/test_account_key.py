"""The SMS8 key at the owner's terminal."""

import json
from pathlib import Path

import pytest

from dev.cloud_process import CloudProcess
from dev.local_roost import write_endpoint
from owner.__main__ import main
from tests.roost_fixtures import Tenant


@pytest.mark.capability("SMS8-04")
def test_the_owner_regenerates_and_shows_the_key(
    cloud: CloudProcess, deployed: Tenant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_endpoint(cloud, tmp_path)

    def secret(command: str) -> str:
        assert main(["--local", "--state", str(tmp_path), "--json", command, deployed.account.id]) == 0
        [row] = json.loads(capsys.readouterr().out)
        found: str = row["secret"]
        return found

    def code(key: str) -> int | None:
        answer = deployed.http.post("/services/get-devices.php", data={"key": key}).json()
        return None if answer["success"] else answer["error"]["code"]

    assert main(["--local", "--state", str(tmp_path), "show-sms8-key", deployed.account.id]) == 1
    assert "has no SMS8 key" in capsys.readouterr().err
    first = secret("regenerate-sms8-key")
    assert secret("show-sms8-key") == first
    second = secret("regenerate-sms8-key")
    assert (code(first), code(second)) == (401, None)
    assert secret("show-sms8-key") == second
