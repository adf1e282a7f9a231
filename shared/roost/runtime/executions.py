"""What starts the state machines, for the functions whose policies allow it."""

from __future__ import annotations

from functools import cache

import boto3

from roost.outbound.executions import Executions, Machines
from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings


@cache
def executions() -> Executions:
    """The warm environment's one client."""
    names = settings()
    client = boto3.client("stepfunctions", config=CLIENT_CONFIG)
    machines = Machines(
        recover_phone=names.recover_phone_machine,
        release_scheduled=names.release_scheduled_machine,
        retry_webhook=names.retry_webhook_machine,
        run_campaign=names.run_campaign_machine,
        import_contacts=names.import_contacts_machine,
        retry_highlevel=names.retry_highlevel_machine,
    )
    return Executions(client, machines)
