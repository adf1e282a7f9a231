"""What starts the state machines, for the functions whose policies allow it."""

from __future__ import annotations

from functools import cache

import boto3

from roost.outbound.executions import Executions
from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings


@cache
def executions() -> Executions:
    """The warm environment's one client."""
    names = settings()
    client = boto3.client("stepfunctions", config=CLIENT_CONFIG)
    machines = (names.recover_phone_machine, names.release_scheduled_machine, names.retry_webhook_machine)
    return Executions(client, *machines, names.retry_highlevel_machine)
