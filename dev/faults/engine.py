"""The tables of template.yaml in an engine of their own, and this process's handlers pointed at them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from dev.bootstrap import table_environment
from dev.cloud.template_yaml import read_template
from dev.cloud_process import CloudProcess

PROJECT = Path(__file__).resolve().parents[2]
FIREBASE_PARAMETER = "/roost/firebase"
KEPT = "AWS::DynamoDB::Table"
MACHINE = "AWS::Serverless::StateMachine"
MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:"
MEMORY = Path("/dev/shm")
"""Durable commits of many phones cost nothing on a file system in memory, where there is one."""


@contextmanager
def running_engine(firebase: dict[str, Any]) -> Iterator[CloudProcess]:
    """Tables only: nothing but the harness polls the streams, fires the schedule or executes a state machine.

    `firebase`: the settings the handlers find in their parameter. Changes the environment of this process.
    """
    with TemporaryDirectory(prefix="roost-faults-engine-") as folder:
        whole = read_template(PROJECT / "template.yaml")
        template = Path(folder) / "tables.json"
        template.write_text(json.dumps(tables_only(whole)))
        with CloudProcess.start(Path(folder) / "state", ephemeral=True, auth=False, template=template) as cloud:
            functions = {"DeliverWebhookFunction": "deliver_webhook"}  # no account of the harness has a webhook
            settings = table_environment({**cloud.outputs, **machine_arns(whole), **functions})
            os.environ.update(cloud.aws_environment() | settings | {"FIREBASE_PARAMETER": FIREBASE_PARAMETER})
            boto3.client("ssm").put_parameter(Name=FIREBASE_PARAMETER, Value=json.dumps(firebase), Type="SecureString")
            yield cloud


def tables_only(template: dict[str, Any]) -> dict[str, Any]:
    """The template without anything that would act by itself."""
    tables = {name: part for name, part in template["Resources"].items() if part["Type"] == KEPT}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": tables}


def machine_arns(template: dict[str, Any]) -> dict[str, str]:
    """Logical id of each state machine -> the ARN under which the harness executes it."""
    machines = (name for name, part in template["Resources"].items() if part["Type"] == MACHINE)
    return {name: f"{MACHINE_ARN}{name}" for name in machines}


def scratch_folder() -> TemporaryDirectory[str]:
    """A folder for the phones of one world."""
    return TemporaryDirectory(prefix="roost-faults-", dir=MEMORY if MEMORY.is_dir() else None)
