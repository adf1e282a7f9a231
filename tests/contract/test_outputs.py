"""What a deploy prints at its end is what its owner goes on with."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from owner.__main__ import main
from tests.contract.repository import template


def test_the_next_step_is_a_command_that_the_owners_program_takes(tmp_path: Path) -> None:
    """It refuses only because no Roost runs in this folder; a flag it does not know would end with status 2."""
    command = re.sub(r"\$\{AWS::\w+\}", "named", outputs()["NextStep"]["Fn::Sub"])
    make, owner, arguments = shlex.split(command)
    assert (make, owner) == ("make", "owner")
    typed = shlex.split(arguments.removeprefix("ARGS="))
    assert typed[-3:] == ["begin", "--name", "Shop"]
    assert main(["--local", "--state", str(tmp_path), *typed]) == 1


def test_the_addresses_are_on_the_owners_own_host_if_there_is_one() -> None:
    for name in ("ApiUrl", "DashboardUrl", "DocsUrl"):
        condition, own, given = outputs()[name]["Fn::If"]
        assert condition == "HasDomain"
        assert own["Fn::Sub"].startswith("https://${DomainName}")
        assert "RoostApi.ApiEndpoint" in str(given) or given == {"Fn::GetAtt": ["RoostApi", "ApiEndpoint"]}


def outputs() -> dict[str, Any]:
    """Unresolved, by name."""
    return {name: output["Value"] for name, output in template()["Outputs"].items()}
