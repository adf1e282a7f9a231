"""`make build SNAPSTART=... WARM=...`: what it makes of the template, as AWS's own translator reads it."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

import pytest

from dev.artifacts.fast_starts import CannotStartFast, with_fast_starts
from dev.cloud.template_yaml import Template
from dev.cloud_process import CLOUD_PYTHON
from tests.contract.repository import ROOT, functions, template

TRANSLATE = """
import json, sys
from dev.cloud.translate import translate
json.dump(translate(json.load(sys.stdin), {})["Resources"], sys.stdout)
"""
VERSION = "AWS::Lambda::Version"


SEEN = {"RoostApi", "SendMessageFunction", "VerifyCodesFunction", "ManagePhonesFunction"}
"""Of the template, so that translating it takes a moment."""


def asked(snapstart: str = "", warm: str = "", stamp: str = "today") -> Template:
    start = {"snapstart": snapstart.split(), "warm": warm.split()}
    return with_fast_starts(template(), functions(), start, stamp)


@cache
def built(stamp: str) -> dict[str, Any]:
    """Resources as CloudFormation gets them from a build with one function of each kind."""
    whole = asked("send_message", "verify_codes", stamp)
    seen = {name: resource for name, resource in whole["Resources"].items() if name in SEEN}
    for resource in seen.values():
        if "CodeUri" in resource["Properties"]:
            resource["Properties"]["CodeUri"] = "s3://uploads/code"
    run = subprocess.run(
        [str(CLOUD_PYTHON), "-c", TRANSLATE],
        cwd=ROOT,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        input=json.dumps(whole | {"Resources": seen}),
        capture_output=True,
        text=True,
        check=True,
    )
    resources: dict[str, Any] = json.loads(run.stdout)
    return resources


def versions_of(function: str, resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: resource
        for name, resource in resources.items()
        if resource["Type"] == VERSION and resource["Properties"]["FunctionName"] == {"Ref": function}
    }


def test_nothing_starts_fast_unless_asked_for() -> None:
    assert asked() == template()
    assert "AutoPublishAlias" not in str(template())


def test_the_routes_of_a_function_lead_to_its_snapshot_and_leave_no_old_one_behind() -> None:
    resources = built("today")
    assert resources["SendMessageFunction"]["Properties"]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    [version] = versions_of("SendMessageFunction", resources).values()
    assert version["DeletionPolicy"] == "Delete"
    paths = resources["RoostApi"]["Properties"]["Body"]["paths"]
    assert "${SendMessageFunctionAliaslive}" in json.dumps(paths["/v1/sms/send"])
    assert "Alias" not in json.dumps(paths["/v1/phones"])
    assert "ProvisionedConcurrencyConfig" not in resources["SendMessageFunctionAliaslive"]["Properties"]


def test_a_warm_function_keeps_one_environment_and_no_snapshot() -> None:
    alias = built("today")["VerifyCodesFunctionAliaslive"]["Properties"]
    assert alias["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 1}
    assert "SnapStart" not in built("today")["VerifyCodesFunction"]["Properties"]


def test_each_build_publishes_a_version_though_only_a_layer_or_a_parameter_changed() -> None:
    """CloudFormation publishes one when the version's logical id is another; that is a digest SAM makes."""
    for function in ("SendMessageFunction", "VerifyCodesFunction"):
        assert {*versions_of(function, built("today"))} & {*versions_of(function, built("tomorrow"))} == set()


@pytest.mark.parametrize(
    ("snapstart", "warm", "why"),
    [
        ("send_mesage", "", "no function send_mesage. There are: classify_reply, "),
        ("sweep", "", "sweep has no route"),
        ("send_message", "send_message", "send_message: Lambda keeps nothing warm"),
    ],
)
def test_what_cannot_start_fast_is_refused_with_the_reason(snapstart: str, warm: str, why: str) -> None:
    with pytest.raises(CannotStartFast, match=why):
        asked(snapstart, warm)
