"""Phones: one item each under their account, and the counter that numbers them and names the primary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.phones import Phone, PushAddress, Sim
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

TOMBSTONE_SECONDS = 90 * 86_400
"""How long a removed phone is told that it was removed, instead of that its token is wrong."""


def key_of(account: str, number: int) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"phone#{number:08d}"}


def counter_key(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "counter"}


def next_number(table: Table, account: str) -> int:
    answer = table.update_item(
        Key=counter_key(account),
        UpdateExpression="ADD phones :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(str(answer["Attributes"]["phones"]))


def set_primary(table: Table, account: str, number: int, *, only_if_none: bool = False) -> None:
    """One write moves the mark, so an account never has two primaries."""
    condition = {"ConditionExpression": "attribute_not_exists(primary_phone)"} if only_if_none else {}
    try:
        conditionally(
            table.update_item,
            Key=counter_key(account),
            UpdateExpression="SET primary_phone = :number",
            ExpressionAttributeValues={":number": number},
            **condition,
        )
    except ConditionFailed:
        return


def clear_primary(table: Table, account: str, number: int) -> None:
    try:
        conditionally(
            table.update_item,
            Key=counter_key(account),
            UpdateExpression="REMOVE primary_phone",
            ConditionExpression="primary_phone = :number",
            ExpressionAttributeValues={":number": number},
        )
    except ConditionFailed:
        return


def put_phone(table: Table, phone: Phone) -> None:
    table.put_item(Item=to_item(phone))


def get_phone(table: Table, account: str, number: int, *, consistent: bool = False) -> Phone | None:
    """Also a removed one: the caller decides what a removed phone means to it."""
    answer = table.get_item(Key=key_of(account, number), ConsistentRead=consistent)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def list_phones(table: Table, account: str) -> tuple[list[Phone], int | None]:
    """Every phone that is not removed, by number, and the number of the primary."""
    items = list(all_items(table, KeyConditionExpression=Key("pk").eq(f"A#{account}")))
    phones = [from_item(item) for item in items if item["sk"].startswith("phone#")]
    primary = next((item.get("primary_phone") for item in items if item["sk"] == "counter"), None)
    return [phone for phone in phones if phone.removed_at is None], primary


def update_phone(
    table: Table, phone: Phone, changes: Mapping[str, Any], *, remove: tuple[str, ...] = (), add_epoch: bool = False
) -> Phone:
    """Set top-level attributes of a phone that still exists; the phone as it then is.

    `add_epoch`: also take the next lease epoch. Raises ConditionFailed when the phone was removed meanwhile.
    """
    names = {f"#{name}": name for name in (*changes, *remove)}
    setting = [f"#{name} = :{name}" for name in changes]
    values: Item = {f":{name}": value for name, value in changes.items()}
    if add_epoch:
        setting, values = [*setting, "epoch = epoch + :one"], values | {":one": 1}
    removing = " REMOVE " + ", ".join(f"#{name}" for name in remove) if remove else ""
    item = conditionally(
        table.update_item,
        Key=key_of(phone.account, phone.number),
        UpdateExpression=f"SET {', '.join(setting)}{removing}",
        ConditionExpression="attribute_exists(pk) AND attribute_not_exists(removed_at)",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
        ReturnValues="ALL_NEW",
    )
    return from_item(item)


def mark_woken(table: Table, phone: Phone, now: int) -> bool:
    """Take the right to wake a phone: at most one wake is outstanding until it calls (protocol §17)."""
    try:
        conditionally(
            table.update_item,
            Key=key_of(phone.account, phone.number),
            UpdateExpression="SET woken_at = :now",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(woken_at)",
            ExpressionAttributeValues={":now": now},
        )
    except ConditionFailed:
        return False
    return True


def forget_wake(table: Table, phone: Phone, woken_at: int) -> None:
    """A wake that could not be sent is not outstanding."""
    try:
        conditionally(
            table.update_item,
            Key=key_of(phone.account, phone.number),
            UpdateExpression="REMOVE woken_at",
            ConditionExpression="woken_at = :at",
            ExpressionAttributeValues={":at": woken_at},
        )
    except ConditionFailed:
        return


def to_item(phone: Phone) -> Item:
    item = asdict(phone)
    return compact(
        {
            **key_of(phone.account, phone.number),
            **item,
            "sims": sim_items(phone.sims),
            "push": push_item(phone.push) if phone.push else None,
        }
    )


def sim_items(sims: tuple[Sim, ...]) -> list[Item]:
    return [compact(asdict(sim)) for sim in sims]


def push_item(address: PushAddress) -> Item:
    return compact(asdict(address))


def from_item(item: Item) -> Phone:
    known = {name: item[name] for name in Phone.__dataclass_fields__ if name in item}
    known["sims"] = tuple(Sim(**sim) for sim in item.get("sims", ()))
    known["push"] = PushAddress(**item["push"]) if "push" in item else None
    return Phone(**known)
