"""Who answered STOP, by account and number. Undoing it keeps the record, so that an older STOP cannot return."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from roost.storage.pages import items_of
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class NewerAnswer(Exception):
    """The recipient has said something later already."""


def key_of(account: str, number: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"opt-out#{number}"}


def is_opted_out(table: Table, account: str, number: str) -> bool:
    """Half a read unit, eventually consistent."""
    item = table.get_item(Key=key_of(account, number)).get("Item")
    return item is not None and bool(item["do_not_contact"])


def opted_out_among(table: Table, account: str, numbers: Iterable[str]) -> frozenset[str]:
    """Half a read unit each, read in batches."""
    keys = (key_of(account, number) for number in numbers)
    found = (item for item in items_of(table, keys) if item["do_not_contact"])
    return frozenset(item["sk"].removeprefix("opt-out#") for item in found)


def opt_out_write(table: Table, account: str, number: str, *, do_not_contact: bool, said_at: int) -> Write:
    """`said_at`: when the phone had the answer, in ms. Refused as NewerAnswer: phones may report late and reordered."""
    put = {
        "TableName": table.name,
        "Item": {**key_of(account, number), "do_not_contact": do_not_contact, "said_at": said_at},
        "ConditionExpression": "attribute_not_exists(pk) OR said_at <= :at",
        "ExpressionAttributeValues": {":at": said_at},
    }
    return Write({"Put": put}, lambda _: NewerAnswer())
