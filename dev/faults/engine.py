"""The engine of the local cloud inside this process: a request is a function call, so time goes to what is tested.

The same code that answers over HTTP in the local cloud, below botocore's events, where faults strike as before.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParserFactory

from dev.bootstrap import table_environment
from dev.cloud.template_yaml import read_template
from dev.cloud_process import CLOUD_PYTHON

PROJECT = Path(__file__).resolve().parents[2]
FIREBASE_PARAMETER = "/roost/firebase"
TABLE = "AWS::DynamoDB::Table"
MACHINE = "AWS::Serverless::StateMachine"
MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:"
MEMORY = Path("/dev/shm")
"""Durable commits of many phones cost nothing on a file system in memory, where there is one."""

ANSWERED_BY = {"dynamodb": "dynamodb", "dynamodb-streams": "dynamodb_streams", "ssm": "ssm"}
"""Service of a client -> the engine's module that plays it. Anything else would be a call that nobody expects."""

NOWHERE = {
    "AWS_ENDPOINT_URL": "http://engine.invalid",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""For clients; a request that is not answered here must not reach anybody."""

TABLE_MEMBERS = (
    "AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "StreamSpecification",
)  # fmt: skip
RUNS = itertools.count(1)


def install_engine(session: Any, *, short_cuts: bool = True) -> None:
    """`session`: of botocore, before it makes its first client. Without `short_cuts` it does all that it does in the
    cloud, for who measures it."""
    _find_engine()
    if short_cuts:
        short = Config(signature_version=UNSIGNED, parameter_validation=False, user_agent="roost-faults")
        session.set_default_client_config(short)
        session.register_component("response_parser_factory", _Parsers())
    for service, module in ANSWERED_BY.items():
        play = importlib.import_module(f"ministack.services.{module}").handle_request
        session.register(f"before-send.{service}", lambda request, play=play, **_: _answer(play, request))


def _find_engine() -> None:
    """It lives in the local cloud's environment; what both environments have is taken from this one."""
    [packages] = CLOUD_PYTHON.parents[1].glob("lib/python*/site-packages")
    if str(packages) not in sys.path:
        sys.path.append(str(packages))


def _answer(play: Any, request: AWSPreparedRequest) -> AWSResponse:
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
    answering = play(request.method, "/", headers, body, {})
    try:
        answering.send(None)
    except StopIteration as done:
        status, answered, content = done.value
    else:
        raise AssertionError("the engine waits for something; its answers here must be immediate")
    response = AWSResponse(request.url, status, answered, None)
    response._content = content if isinstance(content, bytes) else content.encode()  # type: ignore[attr-defined]
    return response


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> Any:
        return _RawAttributes() if protocol_name == "json" else super().create_parser(protocol_name)


class _RawAttributes(JSONParser):
    """Attribute values are on the wire what they are in Python, but for binary ones."""

    def _handle_structure(self, shape: Any, value: Any) -> Any:
        if shape.name == "AttributeValue" and "B" not in value:
            return value
        return super()._handle_structure(shape, value)  # type: ignore[misc]


@contextmanager
def running_engine(firebase: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The tables of the template, empty; their physical names by logical id.

    `firebase`: the settings the handlers find in their parameter. Changes the environment of this process.
    """
    os.environ.update(NOWHERE)
    template = read_template(PROJECT / "template.yaml")
    run = next(RUNS)
    outputs = {name: f"{name}-{run}" for name, part in template["Resources"].items() if part["Type"] == TABLE}
    dynamodb = boto3.client("dynamodb")
    for name, physical in outputs.items():
        _create_table(dynamodb, physical, template["Resources"][name]["Properties"])
    # The harness calls none of them.
    elsewhere = {"MediaBucket": "media", "DeliverWebhookFunction": "deliver_webhook", "RepliesQueue": "replies"}
    settings = table_environment({**outputs, **machine_arns(template), **elsewhere})
    os.environ.update(settings | {"FIREBASE_PARAMETER": FIREBASE_PARAMETER})
    value = json.dumps(firebase)
    boto3.client("ssm").put_parameter(Name=FIREBASE_PARAMETER, Value=value, Type="SecureString", Overwrite=True)
    yield outputs
    for physical in outputs.values():
        dynamodb.delete_table(TableName=physical)


def _create_table(dynamodb: Any, name: str, properties: Mapping[str, Any]) -> None:
    given = {member: properties[member] for member in TABLE_MEMBERS if member in properties}
    if "StreamSpecification" in given:
        given["StreamSpecification"] = {**given["StreamSpecification"], "StreamEnabled": True}
    dynamodb.create_table(TableName=name, **given)


def machine_arns(template: dict[str, Any]) -> dict[str, str]:
    """Logical id of each state machine -> the ARN under which the harness executes it."""
    machines = (name for name, part in template["Resources"].items() if part["Type"] == MACHINE)
    return {name: f"{MACHINE_ARN}{name}" for name in machines}


def scratch_folder() -> TemporaryDirectory[str]:
    """A folder for the phones of one world."""
    return TemporaryDirectory(prefix="roost-faults-", dir=MEMORY if MEMORY.is_dir() else None)
