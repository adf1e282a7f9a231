"""Webhook endpoints: one item each under their account. Every change is one conditional write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.webhooks import DisabledReason, Endpoint, EventType, Lane, WebhookFormat
from roost.storage.attributes import change_attributes, updated_if
from roost.storage.conditional import conditionally
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str, endpoint: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"endpoint#{endpoint}"}


def put_new_endpoint(table: Table, endpoint: Endpoint) -> None:
    """Raises ConditionFailed if the id is taken."""
    conditionally(table.put_item, Item=to_item(endpoint), ConditionExpression="attribute_not_exists(pk)")


def get_endpoint(table: Table, account: str, endpoint: str) -> Endpoint | None:
    answer = table.get_item(Key=key_of(account, endpoint), ConsistentRead=True)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def list_endpoints(table: Table, account: str, *, consistent: bool = False) -> list[Endpoint]:
    """Every endpoint of an account, disabled ones too, oldest first."""
    of_account = Key("pk").eq(f"A#{account}") & Key("sk").begins_with("endpoint#")
    found = map(from_item, all_items(table, KeyConditionExpression=of_account, ConsistentRead=consistent))
    return sorted(found, key=lambda endpoint: (endpoint.created_at, endpoint.id))


def delete_endpoint(table: Table, endpoint: Endpoint) -> None:
    """What it is owed and its log go by their own time to live."""
    table.delete_item(Key=key_of(endpoint.account, endpoint.id))


def change_endpoint(
    table: Table,
    endpoint: Endpoint,
    changes: Mapping[str, Any],
    *,
    expect: Mapping[str, Any] | None = None,
) -> Endpoint | None:
    """Set attributes of an endpoint that still exists, a None removes its attribute; the endpoint as it then is.

    None when it is gone or an attribute of `expect` has another value (None there: it must be absent).
    """
    item = change_attributes(table, key_of(endpoint.account, endpoint.id), changes, expect)
    return from_item(item) if item else None


def take_sequence(table: Table, endpoint: Endpoint, count: int) -> Endpoint | None:
    """Give numbers to `count` events; the endpoint as it now stands, whose `sequence` is the last of them.

    None when it is gone or disabled: it is owed nothing.
    """
    item = updated_if(
        table,
        key_of(endpoint.account, endpoint.id),
        "attribute_exists(pk) AND #enabled = :true",
        "ADD #sequence :count",
        {"#sequence": "sequence", "#enabled": "enabled"},
        {":count": count, ":true": True},
    )
    return from_item(item) if item else None


def take_lease(table: Table, account: str, endpoint: str, now: int, until: int) -> Endpoint | None:
    """The right to work off what an endpoint is owed, for one at a time; None when another has it or it is gone."""
    item = updated_if(
        table,
        key_of(account, endpoint),
        "attribute_exists(pk) AND #lease <= :now",
        "SET #lease = :until",
        {"#lease": "lease_until"},
        {":until": until, ":now": now},
    )
    return from_item(item) if item else None


def to_item(endpoint: Endpoint) -> Item:
    item = {**key_of(endpoint.account, endpoint.id), **asdict(endpoint), "events": {*endpoint.events}}
    return compact(item)


def from_item(item: Item) -> Endpoint:
    known = {name: item[name] for name in Endpoint.__dataclass_fields__ if name in item}
    known |= {
        "events": frozenset(EventType(event) for event in item["events"]),
        "format": WebhookFormat(item["format"]),
        "lane": Lane(item["lane"]),
        "description": item.get("description", ""),
    }
    if "disabled_reason" in item:
        known["disabled_reason"] = DisabledReason(item["disabled_reason"])
    return Endpoint(**known)
