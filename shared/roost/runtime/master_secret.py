"""What account keys are derived from: one SSM SecureString, which costs nothing at rest."""

from __future__ import annotations

import secrets
from functools import cache

import boto3

from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings

MASTER_BYTES = 32


@cache
def account_key_master() -> bytes:
    """Made at first use, by the owner's command line. A function that may only read it needs no more: who has an
    account key has the parameter too. Lost, it takes no key out of service, but none can be shown again."""
    ssm = boto3.client("ssm", config=CLIENT_CONFIG)
    name = settings().account_keys_parameter
    try:
        parameter = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    except ssm.exceptions.ParameterNotFound:
        _make(name)
        parameter = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    return bytes.fromhex(parameter["Value"])


def _make(name: str) -> None:
    """Never over an existing one: two first uses at once agree on the one that was faster."""
    ssm = boto3.client("ssm", config=CLIENT_CONFIG)
    try:
        ssm.put_parameter(Name=name, Value=secrets.token_hex(MASTER_BYTES), Type="SecureString", Overwrite=False)
    except ssm.exceptions.ParameterAlreadyExists:
        return
