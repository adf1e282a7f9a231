"""Random keys of our own, each in one SSM SecureString: it costs nothing at rest and is in no table."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import boto3

from roost.runtime.deps import CLIENT_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient

SECRET_BYTES = 32


def kept_secret(name: str) -> bytes:
    """The secret in the parameter `name`, made by whoever needs it first."""
    return secret_in(boto3.client("ssm", config=CLIENT_CONFIG), name)


def secret_in(ssm: SSMClient, name: str) -> bytes:
    """As `kept_secret`, for who has a client of another session."""
    try:
        return _read(ssm, name)
    except ssm.exceptions.ParameterNotFound:
        return _make(ssm, name)


def _make(ssm: SSMClient, name: str) -> bytes:
    """Two environments may try at once: the parameter is never overwritten, so both read the one that came first."""
    with suppress(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name=name, Value=secrets.token_hex(SECRET_BYTES), Type="SecureString", Overwrite=False)
    return _read(ssm, name)


def _read(ssm: SSMClient, name: str) -> bytes:
    return bytes.fromhex(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
