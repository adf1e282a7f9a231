"""Items of the messages table that are no messages: its stream carries what they say to the webhooks.

A fact and its event are one write: nothing can be lost between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from roost.domain.instants import HOUR
from roost.domain.phone_watch import PhoneGlance, Picture
from roost.domain.webhooks import Event
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.deliveries import event_item
from roost.storage.items import Item, compact, native
from roost.storage.transactions import Write, WriteConflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = HOUR


def put_event(table: Table, event: Event, endpoint: str | None, now: int) -> None:
    """Tell every endpoint that wants it, or only this one."""
    named = f"event#{event.id}#{endpoint or ''}#{now}"
    _put(table, event.account, named, {"outbox": "event", "event": event_item(event), "endpoint": endpoint}, now)


def event_write(table: Table, event: Event, now: int) -> Write:
    """As `put_event` for everybody, in the transaction of the fact it tells."""
    item = _item(event.account, f"event#{event.id}##{now}", {"outbox": "event", "event": event_item(event)}, now)
    return Write({"Put": {"TableName": table.name, "Item": item}}, lambda _: WriteConflict())


def put_drain(table: Table, account: str, endpoint: str, now: int) -> None:
    """Have what an endpoint is owed worked off now."""
    _put(table, account, f"drain#{endpoint}#{now}", {"outbox": "drain", "endpoint": endpoint}, now)


def _put(table: Table, account: str, name: str, said: Mapping[str, Any], now: int) -> None:
    table.put_item(Item=_item(account, name, said, now))


def _item(account: str, name: str, said: Mapping[str, Any], now: int) -> Item:
    key = {"pk": f"A#{account}#outbox", "sk": name}
    return compact({**key, "account": account, **said, "ttl": (now + KEEP) // 1_000})


def picture_key(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}#outbox", "sk": "phones"}


def get_picture(table: Table, account: str) -> Picture | None:
    answer = table.get_item(Key=picture_key(account), ConsistentRead=True)
    return picture_of(native(answer["Item"])) if "Item" in answer else None


def change_picture(table: Table, before: Picture | None, after: Picture) -> None:
    """Its stream record holds both, and the difference is the events. A picture that another has changed is left."""
    condition = "taken_at = :before" if before else "attribute_not_exists(pk)"
    values: Item = {":outbox": "phones", ":account": after.account, ":at": after.at, ":phones": _glances(after)}
    try:
        conditionally(
            table.update_item,
            Key=picture_key(after.account),
            UpdateExpression="SET outbox = :outbox, account = :account, taken_at = :at, phones = :phones",
            ConditionExpression=condition,
            ExpressionAttributeValues=values | ({":before": before.at} if before else {}),
        )
    except ConditionFailed:
        return


def picture_of(item: Item) -> Picture:
    phones = {int(number): PhoneGlance(**glance) for number, glance in item["phones"].items()}
    return Picture(item["account"], item["taken_at"], phones)


def _glances(picture: Picture) -> Item:
    return {str(number): compact(asdict(glance)) for number, glance in picture.phones.items()}
