"""Creating and updating the CloudFormation stack."""

import json
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from dev.cloud.template_yaml import Template

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
# a stack in one of these never held data and can only be deleted
STILLBORN = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"})
GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


class DeployError(Exception):
    """The stack was not created or updated; the message holds its events."""


class Stack:
    """One stack by name."""

    def __init__(self, cloudformation: Any, name: str) -> None:
        self._api = cloudformation
        self.name = name

    def deploy(self, template_url: str, parameters: Mapping[str, str]) -> bool:
        """Create or update; False when the stack already was like that. Raises DeployError."""
        status = self.status()
        if status in STILLBORN:
            self._api.delete_stack(StackName=self.name)
            self._settle()
            status = None
        request = {
            "StackName": self.name,
            "TemplateURL": template_url,
            "Capabilities": CAPABILITIES,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        }
        try:
            if status is None or status == "DELETE_COMPLETE":
                self._api.create_stack(**request)
            else:
                self._api.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return False
            raise DeployError(f"the stack was refused: {error}") from error
        if (final := self._settle()) not in GOOD:
            raise DeployError(f"the stack ended as {final}:\n{self._events()}")
        return True

    def status(self) -> str | None:
        """The stack's status, None when there is no stack."""
        try:
            described = self._api.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return str(described[0]["StackStatus"]) if described else None

    def resources(self) -> dict[str, dict[str, str]]:
        """`{"type", "id"}` (physical id) of every resource by logical id; {} when there is no stack."""
        if self.status() is None:
            return {}
        found = {}
        for page in self._api.get_paginator("list_stack_resources").paginate(StackName=self.name):
            for summary in page["StackResourceSummaries"]:
                found[summary["LogicalResourceId"]] = {
                    "type": summary["ResourceType"],
                    "id": summary.get("PhysicalResourceId", ""),
                }
        return found

    def _settle(self) -> str | None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (status := self.status()) and status.endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise DeployError(f"the stack is {status} after {PATIENCE_SECONDS:.0f} s:\n{self._events()}")
            time.sleep(POLL_SECONDS)
        return status

    def _events(self) -> str:
        """The events of the last create or update, oldest first."""
        lines: list[str] = []
        # newest first
        for event in self._api.describe_stack_events(StackName=self.name)["StackEvents"]:
            reason = event.get("ResourceStatusReason", "")
            lines.append(
                f"  {event['LogicalResourceId']} ({event['ResourceType']}) {event['ResourceStatus']} {reason}".rstrip()
            )
            if reason == "User Initiated":
                break
        return "\n".join(reversed(lines))


def template_text(template: Template) -> str:
    """The template as CloudFormation takes it."""
    return json.dumps(template, sort_keys=True, separators=(",", ":"))
