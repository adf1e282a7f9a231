"""What the template's policies allow each function, and what of it a run of the tests used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dev.cloud_process import CloudProcess
from tests.permissions.roles import FunctionRoles, role_of


@dataclass(frozen=True, order=True)
class Permission:
    """`resource`: an ARN in which physical names are logical ids; `*` stands for many except in what was used."""

    function: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.function:18} {self.action:26} {self.resource.split(':', 5)[-1]}"

    def covers(self, use: Permission) -> bool:
        same = (self.function, self.action) == (use.function, use.action)
        return same and fnmatchcase(use.resource, self.resource)


BY_LAMBDA = (
    "Lambda itself sends it when it has given a batch or an event up; the local engine does not ask for the right"
)
BY_THE_STAND_IN = "a stand-in answers for Bedrock, and asks for no right"

NEVER_CALLED: Mapping[Permission, str] = MappingProxyType(
    {
        Permission("dispatch_changes", "sqs:SendMessage", "*:FailedChangesQueue"): BY_LAMBDA,
        Permission("fan_out_events", "sqs:SendMessage", "*:FailedEventsQueue"): BY_LAMBDA,
        Permission("mirror_highlevel", "sqs:SendMessage", "*:FailedEventsQueue"): BY_LAMBDA,
        Permission("deliver_webhook", "sqs:SendMessage", "*:FailedEventsQueue"): BY_LAMBDA,
        Permission("classify_reply", "bedrock:InvokeModel", "arn:aws:bedrock:*"): BY_THE_STAND_IN,
    }
)
"""What no run can use on this machine, and why. In `resource` a `*` stands for many."""


@dataclass(frozen=True)
class Uses:
    """Of one local cloud, or of many put together."""

    allowed: frozenset[Permission]
    used: frozenset[Permission]

    def __or__(self, other: Uses) -> Uses:
        return Uses(self.allowed | other.allowed, self.used | other.used)

    def unused(self) -> list[Permission]:
        """Allowed, and used by nothing that ran."""
        return sorted(allowed for allowed in self.allowed if not any(map(allowed.covers, self.used)))

    def superfluous(self) -> list[Permission]:
        """Of the unused those that something could have used."""
        return [unused for unused in self.unused() if not any(never.covers(unused) for never in NEVER_CALLED)]

    def write(self, file: Path) -> None:
        kept = {name: [asdict(one) for one in sorted(getattr(self, name))] for name in ("allowed", "used")}
        file.write_text(json.dumps(kept), encoding="utf-8")


def read_uses(files: Iterable[Path]) -> Uses:
    """What several runs wrote, put together."""
    together = Uses(frozenset(), frozenset())
    for file in files:
        kept = json.loads(file.read_text(encoding="utf-8"))
        together |= Uses(*(frozenset(Permission(**one) for one in kept[name]) for name in ("allowed", "used")))
    return together


def uses_of(cloud: CloudProcess, roles: FunctionRoles, noted: Path, functions: Iterable[str]) -> Uses:
    """`noted`: the cloud's PERMISSIONS_USED. `functions`: names; other roles (machines, schedules) are left out."""
    function_of = {cloud.outputs[role_of(name)]: name for name in functions}
    logical_id = LogicalIds(cloud.outputs)
    lines = (line.split(" ", 2) for line in noted.read_text(encoding="utf-8").splitlines())
    return Uses(
        allowed=frozenset(
            permission
            for name in function_of.values()
            for statement in roles.policies_of(role_of(name))
            for permission in allowed_by(name, statement, logical_id)
        ),
        used=frozenset(
            Permission(function_of[role], action, logical_id(resource))
            for role, action, resource in lines
            if role in function_of
        ),
    )


def allowed_by(function: str, statement: Mapping[str, Any], logical_id: Callable[[str], str]) -> list[Permission]:
    """A statement names one action or several, and one resource or several: SAM's own name one, bare."""
    actions, resources = (_listed(statement[member]) for member in ("Action", "Resource"))
    return [Permission(function, action, logical_id(resource)) for action in actions for resource in resources]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


class LogicalIds:
    """Physical names differ from cloud to cloud; logical ids do not."""

    def __init__(self, outputs: Mapping[str, str]) -> None:
        named = {_name(physical): logical for logical, physical in outputs.items()}
        made = {physical: logical for physical, logical in named.items() if physical and ":" not in physical}
        # the longest first: a bucket's name may begin as another's
        self._made = sorted(made.items(), key=lambda pair: -len(pair[0]))

    def __call__(self, arn: str) -> str:
        for physical, logical in self._made:
            if physical in arn:
                return arn.replace(physical, logical)
        return arn


def _name(physical: str) -> str:
    """A queue's physical id is its URL."""
    return physical.rsplit("/", 1)[-1] if "://" in physical else physical
