"""The key under which one-time codes are hashed: in one SSM SecureString, never in a table."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

import boto3

from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient

PEPPER_BYTES = 32


@cache
def pepper() -> bytes:
    """Read once per warm environment; made by whoever needs it first.

    A lost parameter is made anew: codes that are out at that moment are refused, for 15 minutes at most.
    """
    ssm, name = boto3.client("ssm", config=CLIENT_CONFIG), settings().pepper_parameter
    try:
        return _read(ssm, name)
    except ssm.exceptions.ParameterNotFound:
        return _make(ssm, name)


def _make(ssm: SSMClient, name: str) -> bytes:
    """Two environments may try at once: the parameter is never overwritten, so both read the one that came first."""
    with suppress(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name=name, Value=secrets.token_hex(PEPPER_BYTES), Type="SecureString", Overwrite=False)
    return _read(ssm, name)


def _read(ssm: SSMClient, name: str) -> bytes:
    return bytes.fromhex(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
