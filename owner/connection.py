"""Find the tables of a deployed stack, or of the local cloud that runs on this machine."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from roost.runtime.deps import CLIENT_CONFIG, Deps, wall_clock
from roost.runtime.kept_secret import secret_in

TABLES = {
    name.lower(): f"{name}Table"
    for name in ("Messages", "Devices", "Keys", "Contacts", "Accounts", "Webhooks", "HighLevel")
}
ENDPOINT_FILE = "endpoint.json"
NOT_ACCEPTED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


class ConnectionRefused(Exception):
    """The stack cannot be reached; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the stack is. `local`: the state folder of a running local cloud; then only `stack` counts besides."""

    stack: str = "roost"
    region: str | None = None
    profile: str | None = None
    local: Path | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that was found. `resources`: physical by logical id."""

    session: boto3.Session
    endpoint: str | None
    resources: Mapping[str, str]

    def client(self, service: str, config: Config = CLIENT_CONFIG) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint, config=config)  # type: ignore[call-overload]


def stack_of(target: Target) -> Stack:
    """Raises what boto3 raises; `explained` says it."""
    session, endpoint = _session(target)
    cloudformation = session.client("cloudformation", endpoint_url=endpoint, config=CLIENT_CONFIG)
    return Stack(session, endpoint, _resources(cloudformation, target.stack))


def connect(target: Target) -> Deps:
    """What the use cases work with, on the stack's own tables. Raises ConnectionRefused."""
    try:
        stack = stack_of(target)
        dynamodb = stack.session.resource("dynamodb", endpoint_url=stack.endpoint, config=CLIENT_CONFIG)
        tables: dict[str, Any] = {field: dynamodb.Table(stack.resources[name]) for field, name in TABLES.items()}
    except KeyError as missing:
        raise ConnectionRefused(f"The stack {target.stack} has no {missing.args[0]}: it is not a Roost stack") from None
    except (BotoCoreError, ClientError) as error:
        raise ConnectionRefused(explained(error, target)) from None
    return Deps(**tables, now=wall_clock, entropy=secrets.token_bytes)


def account_key_master(target: Target) -> bytes:
    """What the stack's account keys are derived from; made by the first of them (template: ACCOUNT_KEYS_PARAMETER)."""
    session, endpoint = _session(target)
    ssm = session.client("ssm", endpoint_url=endpoint, config=CLIENT_CONFIG)
    return secret_in(ssm, f"/{target.stack}/account-keys")


def _session(target: Target) -> tuple[boto3.Session, str | None]:
    if target.local is None:
        return boto3.Session(region_name=target.region, profile_name=target.profile), None
    try:
        running = json.loads((target.local / ENDPOINT_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConnectionRefused(
            f"No local Roost runs with its state in {target.local}: start it with `make run` in another terminal"
        ) from None
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=running["region"])
    return session, running["endpoint"]


def _resources(cloudformation: Any, stack: str) -> dict[str, str]:
    """Physical by logical id."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    summaries = (summary for page in pages for summary in page["StackResourceSummaries"])
    return {summary["LogicalResourceId"]: summary.get("PhysicalResourceId", "") for summary in summaries}


def explained(error: Exception, target: Target) -> str:
    """What AWS refused, and what to do about it."""
    if isinstance(error, NoCredentialsError):
        return "No AWS credentials: run `aws configure` or `aws sso login`, or name a profile with --profile"
    if isinstance(error, NoRegionError):
        return "No AWS region: name the one you deployed to with --region, for example --region eu-west-1"
    if isinstance(error, ProfileNotFound):
        return f"{error}: `aws configure list-profiles` lists yours"
    if isinstance(error, EndpointConnectionError) and target.local is not None:
        return f"The local Roost of {target.local} does not answer: start it with `make run`"
    if isinstance(error, ClientError):
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if "does not exist" in message and code in ("ValidationError", "ValidationException"):
            where = target.region or "your default region"
            return (
                f"There is no stack {target.stack} in {where}: name another with --stack, or its region with --region"
            )
        if code in NOT_ACCEPTED:
            return f"AWS does not accept your credentials ({code}): sign in again"
        return f"AWS refused: {message} ({code})"
    return str(error)
