"""Starts state machines under names that say what they are for: a start that is repeated is the same execution."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roost.domain.instants import SECOND, minute_start, rfc3339

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

ENDED_BADLY = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
MAX_TRIES = 100
"""A start that finds all of them failed has a cause that another try does not cure."""


class NoTryLeft(Exception):
    """Every execution of this name failed; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Machines:
    """By their ARN."""

    recover_phone: str
    release_scheduled: str
    retry_webhook: str
    run_campaign: str
    import_contacts: str
    retry_highlevel: str


class Executions:
    """What the functions behind the streams and the sweep start."""

    def __init__(self, client: SFNClient, machines: Machines) -> None:
        self._client = client
        self._machines = machines

    def recover_phone(self, account: str, phone: int, since: int) -> None:
        """One execution per silence of a phone. `since`: the instant in ms of its first unanswered wake."""
        name = f"rec-{account}-{phone}-{since // SECOND}"
        start(self._client, self._machines.recover_phone, name, {"account": account, "phone": phone, "since": since})

    def release_scheduled(self, account: str, minute: str) -> None:
        """One execution per account and minute `yyyymmddhhmm` (UTC). Raises ValueError on another spelling."""
        given = {"account": account, "minute": minute, "at": rfc3339(minute_start(minute))}
        start(self._client, self._machines.release_scheduled, f"sched-{account}-{minute}", given)

    def retry_webhook(self, account: str, endpoint: str, since: int, at: int) -> None:
        """One execution per endpoint and outage. `since`: when it began, in ms; `at`: its next retry."""
        given = {"account": account, "endpoint": endpoint, "since": since, "at": rfc3339(at)}
        start(self._client, self._machines.retry_webhook, f"{endpoint}-{since}", given)

    def run_campaign(self, account: str, campaign: int, epoch: int, at: int) -> None:
        """One execution per campaign and epoch: each start, pause, resume and cancel is one. `at`: when, in ms."""
        given = {"account": account, "campaign": campaign, "epoch": epoch, "wait_until": rfc3339(at)}
        start(self._client, self._machines.run_campaign, f"camp-{account}-{campaign}-{epoch}", given)

    def import_contacts(self, account: str, number: int, at: int) -> None:
        """One execution per import. `at`: when it was started, in ms."""
        given = {"account": account, "number": number, "wait_until": rfc3339(at)}
        start(self._client, self._machines.import_contacts, f"import-{account}-{number}", given)

    def retry_highlevel(self, account: str, location: str, since: int, at: int) -> None:
        """One execution per location and outage. `since`: when it began, in ms; `at`: its next try."""
        given = {"account": account, "location": location, "since": since, "at": rfc3339(at)}
        start(self._client, self._machines.retry_highlevel, f"{location}-{since}", given)


def start(client: SFNClient, machine_arn: str, name: str, given: Mapping[str, Any]) -> bool:
    """Start `<name>-<try>` with `given` as input, with the first try that has not ended badly yet.

    False when such an execution runs or has succeeded already; AWS answers a repeated start of a running one like a
    first, which is True. Raises NoTryLeft, and ClientError for the caller's own retry.
    """
    text = json.dumps(given, sort_keys=True)
    for attempt in range(1, MAX_TRIES + 1):
        tried = f"{name}-{attempt}"
        try:
            client.start_execution(stateMachineArn=machine_arn, name=tried, input=text)
        except client.exceptions.ExecutionAlreadyExists:
            if _is_lost(client, _execution_arn(machine_arn, tried)):
                continue  # AWS keeps the name of a closed execution for 90 days: it cannot be used again
            return False
        return True
    raise NoTryLeft(f"{MAX_TRIES} executions named {name}-<try> of {machine_arn} failed; read the history of the last")


def _is_lost(client: SFNClient, execution_arn: str) -> bool:
    try:
        return client.describe_execution(executionArn=execution_arn)["status"] in ENDED_BADLY
    except client.exceptions.ExecutionDoesNotExist:
        return True


def _execution_arn(machine_arn: str, name: str) -> str:
    return f"{machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"
