"""Which message here is which over there, and what is known of a contact over there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from roost.domain.highlevel import Location
from roost.domain.instants import DAY
from roost.storage.highlevel_errands import partition_of
from roost.storage.items import Item, compact, native
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = 90 * DAY
"""As long as a phone may still report something, and longer than HighLevel repeats anything."""


class AlreadyTaken(Exception):
    """HighLevel has delivered this message before."""


@dataclass(frozen=True, slots=True)
class Link:
    """`theirs`: HighLevel's id of our message. `told`: the state it was last told of, empty for none yet."""

    ours: int
    theirs: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class KnownContact:
    """`agreed`: what both sides held, when last compared, of whether this number wants no messages. `in_doubt`:
    HighLevel refused something about this contact."""

    number: str
    contact: str | None = None
    conversation: str | None = None
    agreed: bool = False
    in_doubt: bool = False


def link_writes(table: Table, location: Location, theirs: str, ours: int | None, now: int) -> list[Write]:
    """For the transaction that takes a delivery. `ours`: None for one that could not be sent."""
    kept: Item = {"ttl": (now + KEEP) // 1_000}
    writes = [_once(table, {**_theirs(location, theirs), **compact({"ours": ours}), **kept})]
    if ours is not None:
        put = {"TableName": table.name, "Item": {**_ours(location, ours), "theirs": theirs, **kept}}
        writes.append(Write({"Put": put}, lambda _: AlreadyTaken()))
    return writes


def put_link(table: Table, location: Location, theirs: str, ours: int, now: int) -> None:
    """Of a message that we told HighLevel of."""
    ttl = (now + KEEP) // 1_000
    with table.batch_writer() as batch:
        batch.put_item(Item={**_ours(location, ours), "theirs": theirs, "ttl": ttl})
        batch.put_item(Item={**_theirs(location, theirs), "ours": ours, "ttl": ttl})


def get_link(table: Table, location: Location, ours: int) -> Link | None:
    item = table.get_item(Key=_ours(location, ours), ConsistentRead=True).get("Item")
    return Link(ours, str(item["theirs"]), str(item.get("told", ""))) if item else None


def mark_told(table: Table, location: Location, link: Link, status: str) -> None:
    table.update_item(
        Key=_ours(location, link.ours),
        UpdateExpression="SET told = :told",
        ExpressionAttributeValues={":told": status},
    )


def is_known_there(table: Table, location: Location, theirs: str) -> bool:
    return "Item" in table.get_item(Key=_theirs(location, theirs), ConsistentRead=True)


def was_heard(table: Table, location: Location, webhook_id: str) -> bool:
    return "Item" in table.get_item(Key=_key(location, f"heard#{webhook_id}"), ConsistentRead=True)


def remember_webhook(table: Table, location: Location, webhook_id: str, now: int) -> None:
    """For a day; one that is repeated after five minutes is too old anyway."""
    table.put_item(Item={**_key(location, f"heard#{webhook_id}"), "ttl": (now + DAY) // 1_000})


def known_contact(table: Table, location: Location, number: str) -> KnownContact:
    item: Any = native(table.get_item(Key=_contact(location, number), ConsistentRead=True).get("Item"))
    known = {name: item[name] for name in KnownContact.__dataclass_fields__ if name in item} if item else {}
    return KnownContact(**known | {"number": number})


def put_contact(table: Table, location: Location, known: KnownContact) -> None:
    """One worker at a time writes these: it holds the location's lease."""
    table.put_item(Item=compact({**asdict(known), **_contact(location, known.number)}))


def _once(table: Table, item: Item) -> Write:
    put = {"TableName": table.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    return Write({"Put": put}, lambda _: AlreadyTaken())


def _key(location: Location, name: str) -> dict[str, str]:
    return {"pk": partition_of(location.account, location.id), "sk": name}


def _ours(location: Location, message_id: int) -> dict[str, str]:
    return _key(location, f"ours#{message_id}")


def _theirs(location: Location, message_id: str) -> dict[str, str]:
    return _key(location, f"theirs#{message_id}")


def _contact(location: Location, number: str) -> dict[str, str]:
    return _key(location, f"contact#{number}")
