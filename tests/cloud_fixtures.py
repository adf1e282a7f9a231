"""One local cloud per session, beside stand-ins of what is outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import boto3
import pytest

from dev.bedrock.stand_in import BedrockStandIn
from dev.cloud_process import CloudProcess
from dev.fcm.stand_in import FcmStandIn
from dev.mails import SENDER
from tests.permissions.roles import FunctionRoles, roles_of

FIREBASE_PARAMETER = "/roost/firebase"
HIGHLEVEL_PARAMETER = "/roost/highlevel"
GOOGLE_PARAMETER = "/roost/google"
REPLY_MODEL = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"

StartCloud = Callable[..., AbstractContextManager[CloudProcess]]
"""Takes further parameters of the template; what its functions used of their policies is kept when it stops."""


@pytest.fixture(scope="session")
def fcm() -> Iterator[FcmStandIn]:
    stand_in = FcmStandIn()
    stand_in.start()
    yield stand_in
    stand_in.stop()


@pytest.fixture(scope="session")
def bedrock() -> Iterator[BedrockStandIn]:
    """Every process started from now on asks this one what replies mean."""
    stand_in = BedrockStandIn().start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", stand_in.base_url)
        yield stand_in
    stand_in.stop()


@pytest.fixture(scope="session")
def function_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud") / "functions.log"


@contextmanager
def started_cloud(state: Path, fcm: FcmStandIn, logs: Path, parameters: dict[str, str]) -> Iterator[CloudProcess]:
    """The whole template, deployed, with the functions' policies enforced."""
    ours = {
        "FirebaseParameter": FIREBASE_PARAMETER,
        "HighLevelParameter": HIGHLEVEL_PARAMETER,
        "GoogleParameter": GOOGLE_PARAMETER,
        "MailFrom": SENDER,
        "AllowedEmails": "@browser.example",
        "LogLevel": "INFO",
    }
    with CloudProcess.start(state, ephemeral=True, parameters={**ours, **parameters}, logs=logs) as process:
        session = boto3.Session("test", "test", region_name=process.region)
        ssm = session.client("ssm", endpoint_url=process.endpoint)
        value = json.dumps(fcm.firebase_settings())
        ssm.put_parameter(Name=FIREBASE_PARAMETER, Value=value, Type="SecureString")
        yield process


@pytest.fixture(scope="session")
def start_cloud(
    tmp_path_factory: pytest.TempPathFactory,
    fcm: FcmStandIn,
    keep_permissions: Callable[[CloudProcess, Path], None],
) -> StartCloud:
    @contextmanager
    def start(logs: Path | None = None, **parameters: str) -> Iterator[CloudProcess]:
        state = tmp_path_factory.mktemp("state")
        with started_cloud(state, fcm, logs or state / "functions.log", parameters) as process:
            yield process
            keep_permissions(process, state)

    return start


@pytest.fixture(scope="session")
def cloud(start_cloud: StartCloud, function_log: Path) -> Iterator[CloudProcess]:
    """The one that tests share; each brings an account of its own."""
    with start_cloud(function_log) as process:
        yield process


@pytest.fixture
def roles(cloud: CloudProcess) -> FunctionRoles:
    return roles_of(cloud)
