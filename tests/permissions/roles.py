"""The functions' own roles for handlers that run in a test's process: the engine allows them what it would in the
cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from typing import Any, ClassVar

import boto3
import botocore.session
from botocore.credentials import Credentials, ReadOnlyCredentials

from dev.cloud_process import CloudProcess

ROOT_KEY = "test"
TEST_ITSELF = ReadOnlyCredentials(ROOT_KEY, ROOT_KEY, None)
"""The engine's root: what a test does between two requests is nobody's permission."""

_acting: ContextVar[ReadOnlyCredentials] = ContextVar("acting", default=TEST_ITSELF)


class ActingCredentials(Credentials):
    """Of whoever acts at the moment a call is signed, because the clients are kept between calls."""

    def __init__(self) -> None:
        super().__init__(ROOT_KEY, ROOT_KEY)

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _acting.get()


@cache
def session_of_whoever_acts() -> boto3.Session:
    """One for all tests: parsing AWS's models of its services again takes longer than most tests do."""
    core = botocore.session.Session()
    core._credentials = ActingCredentials()  # type: ignore[attr-defined]
    return boto3.Session(botocore_session=core)


class FunctionRoles:
    """The roles of one running local cloud, assumed when they are first needed."""

    of_this_test: ClassVar[FunctionRoles]
    """Those of the cloud that the running test's `deps` are of."""

    def __init__(self, cloud: CloudProcess) -> None:
        self._cloud = cloud
        self._assumed: dict[str, ReadOnlyCredentials] = {}

    @contextmanager
    def acting_as(self, function: str) -> Iterator[None]:
        """Inside, calls of clients of `session_of_whoever_acts` are the function's. `function`: "send_message"."""
        if function not in self._assumed:
            self._assumed[function] = self._assume(role_of(function))
        token = _acting.set(self._assumed[function])
        try:
            yield
        finally:
            _acting.reset(token)

    def _assume(self, logical_id: str) -> ReadOnlyCredentials:
        arn = self._iam.get_role(RoleName=self._cloud.outputs[logical_id])["Role"]["Arn"]
        given = self._sts.assume_role(RoleArn=arn, RoleSessionName="a-test")["Credentials"]
        return ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def policies_of(self, logical_id: str) -> list[dict[str, Any]]:
        """The statements the template gives a role, with every reference resolved."""
        name = self._cloud.outputs[logical_id]
        documents = [
            self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        return [statement for document in documents for statement in document["Statement"]]

    @cached_property
    def _iam(self) -> Any:
        return self._client("iam")

    @cached_property
    def _sts(self) -> Any:
        return self._client("sts")

    def _client(self, service: str) -> Any:
        session = boto3.Session(ROOT_KEY, ROOT_KEY, region_name=self._cloud.region)
        return session.client(service, endpoint_url=self._cloud.endpoint)  # type: ignore[call-overload]


@contextmanager
def acting_as(function: str) -> Iterator[None]:
    """As FunctionRoles.acting_as, in the cloud of the running test; also as a decorator."""
    with FunctionRoles.of_this_test.acting_as(function):
        yield


@cache
def roles_of(cloud: CloudProcess) -> FunctionRoles:
    """Kept, because assuming a role is a call."""
    return FunctionRoles(cloud)


def role_of(function: str) -> str:
    """Logical id of the role that SAM makes: `SendMessageFunctionRole` for `send_message`."""
    return "".join(word.capitalize() for word in function.split("_")) + "FunctionRole"
