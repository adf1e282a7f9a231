"""A secret of our own that is not there is made by whoever needs it first, and whoever may be first may make it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from tests.roost_fixtures import forget_clients


@contextmanager
def never_made(name: str) -> Iterator[None]:
    """Inside, the parameter is not there until somebody makes it; then it is as it was, for the functions that have
    read it."""
    ssm = boto3.client("ssm")
    before = {
        each["Name"]: each["Value"] for each in ssm.get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    }
    if before:
        ssm.delete_parameter(Name=name)
    forget_clients()
    try:
        yield
        assert len(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]) == 64
    finally:
        for known, value in before.items():
            ssm.put_parameter(Name=known, Value=value, Type="SecureString", Overwrite=True)
        forget_clients()
