"""Who answered STOP, by account and number. Undoing it keeps the record, so that an older STOP cannot return."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.opt_outs import OptOut
from roost.storage.items import Item, compact, native
from roost.storage.pages import items_of
from roost.storage.transactions import Changed, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class ConfirmedAlready(Exception):
    """Somebody else confirmed this opt-out, or it was undone."""


def key_of(account: str, number: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"opt-out#{number}"}


def get_opt_out(table: Table, account: str, number: str) -> OptOut | None:
    """Consistent; None if the number never said anything of the kind."""
    answer = table.get_item(Key=key_of(account, number), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def get_opt_outs(table: Table, account: str, numbers: Iterable[str]) -> dict[str, OptOut]:
    """Consistent, by number, of those that ever said anything of the kind. The numbers must differ."""
    keys = (key_of(account, number) for number in numbers)
    found = items_of(table, keys, consistent=True)
    return {item["sk"].removeprefix("opt-out#"): _from_item(item) for item in found}


def _from_item(item: Item) -> OptOut:
    known = {"since": item["said_at"]} | {name: item[name] for name in OptOut.__dataclass_fields__ if name in item}
    return OptOut(**known)


def opted_out_among(table: Table, account: str, numbers: Iterable[str], *, consistent: bool = False) -> frozenset[str]:
    """Half a read unit each, one if `consistent`; read in batches. The numbers must differ."""
    keys = (key_of(account, number) for number in numbers)
    found = (item for item in items_of(table, keys, consistent=consistent) if item["do_not_contact"])
    return frozenset(item["sk"].removeprefix("opt-out#") for item in found)


def opt_out_write(table: Table, account: str, number: str, before: OptOut | None, after: OptOut) -> Write:
    """Refused as Changed if `before` is no longer what is stored."""
    put: Item = {"TableName": table.name, "Item": compact({**key_of(account, number), **asdict(after)})}
    if before is None:
        return Write({"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}, lambda _: Changed())
    values = {":at": before.said_at, ":was": before.do_not_contact, ":confirmed": before.confirmed}
    confirmed = "attribute_not_exists(confirmed)" if before.confirmed is None else "confirmed = :confirmed"
    condition = {
        "ConditionExpression": f"said_at = :at AND do_not_contact = :was AND {confirmed}",
        "ExpressionAttributeValues": compact(values),
    }
    return Write({"Put": put | condition}, lambda _: Changed())


def confirmation_write(table: Table, account: str, number: str, opt_out: OptOut, message_id: int) -> Write:
    """Goes with the one message that confirms it. Refused as ConfirmedAlready."""
    update = {
        "TableName": table.name,
        "Key": key_of(account, number),
        "UpdateExpression": "SET confirmed = :message",
        "ConditionExpression": "do_not_contact = :true AND #since = :since AND attribute_not_exists(confirmed)",
        "ExpressionAttributeNames": {"#since": "since"},
        "ExpressionAttributeValues": {":message": message_id, ":true": True, ":since": opt_out.since},
    }
    return Write({"Update": update}, lambda _: ConfirmedAlready())
