"""Schema versions: what an upgrade must change in what is stored. Each step may break off and be run again.

The functions read what every version since the first wrote, so an upgrade deploys first and migrates afterwards.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from types import MappingProxyType

from owner.commands import Commands
from owner.rows import Row
from owner.whole_tables import key_of, walk
from roost.domain import ids
from roost.domain.retention import KEEP_MESSAGE
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed, conditionally

VERSION_KEY = {"pk": "SCHEMA", "sk": "version"}
FIRST = 1
"""Written nowhere: stacks of before there were versions."""


def add_commands(commands: Commands) -> None:
    commands.add("migrate", "change what is stored to this version's schema; harmless to repeat", _migrate)


def schema_version(deps: Deps) -> int:
    item = deps.accounts.get_item(Key=VERSION_KEY, ConsistentRead=True).get("Item")
    return int(str(item["version"])) if item else FIRST


def set_schema_version(deps: Deps, version: int) -> None:
    deps.accounts.put_item(Item={**VERSION_KEY, "version": version})


def _migrate(deps: Deps, _: Namespace) -> list[Row]:
    rows: list[Row] = []
    for version, (what, step) in MIGRATIONS.items():
        if version > schema_version(deps):
            rows.append({"schema": version, "what": what, "changed": step(deps)})
            set_schema_version(deps, version)
    return rows or [{"schema": schema_version(deps), "what": "nothing to do", "changed": 0}]


def _messages_expire(deps: Deps) -> int:
    """The stream sees a change that moves nothing, and tells nobody."""
    return sum(
        _give_ttl(deps, item, (ids.created_at(int(item["id"])) + KEEP_MESSAGE) // 1_000)
        for item in walk(deps.messages)
        if "direction" in item and "ttl" not in item
    )


def _give_ttl(deps: Deps, item: Mapping[str, object], ttl: int) -> bool:
    """Not to what has one by now, or was deleted while the walk went on."""
    try:
        conditionally(
            deps.messages.update_item,
            Key=key_of(item),
            UpdateExpression="SET #ttl = :ttl",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(#ttl)",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":ttl": ttl},
        )
    except ConditionFailed:
        return False
    return True


MIGRATIONS: Mapping[int, tuple[str, Callable[[Deps], int]]] = MappingProxyType(
    {2: ("messages are kept for 400 days", _messages_expire)}
)
"""By the version they lead to, in order."""

NEWEST = max(MIGRATIONS, default=FIRST)
"""What this version reads."""
