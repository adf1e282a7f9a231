"""The table of countries that comes with Roost, and what owners changed of its prices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.countries import Country, PriceChange, by_prefix
from roost.storage.items import native
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

EVERYBODY = "PRICES"
"""The one partition that belongs to no account: prices of the whole deployment."""


@cache
def countries() -> tuple[Country, ...]:
    """By ISO code. Read once per warm environment, and only where a price is asked for."""
    table = json.loads(files("roost.storage").joinpath("country_table.json").read_text(encoding="utf-8"))
    return tuple(
        Country(entry["country"], entry["name"], entry["dial_code"], tuple(entry["prefixes"]))
        for entry in table["countries"]
    )


@cache
def countries_by_prefix() -> Mapping[str, Country]:
    return by_prefix(countries())


def partition_of(account: str | None) -> str:
    return f"A#{account}" if account is not None else EVERYBODY


def get_price_change(table: Table, account: str | None, country: str) -> PriceChange | None:
    """`account` None: the deployment's. Half a read unit, eventually consistent."""
    item = table.get_item(Key={"pk": partition_of(account), "sk": f"price#{country}"}).get("Item")
    return _from_item(item) if item else None


def list_price_changes(table: Table, account: str | None) -> dict[str, PriceChange]:
    """By country code."""
    of_prices = Key("pk").eq(partition_of(account)) & Key("sk").begins_with("price#")
    found = all_items(table, KeyConditionExpression=of_prices)
    return {item["sk"].removeprefix("price#"): _from_item(item) for item in found}


def put_price_change(table: Table, account: str | None, country: str, wanted: PriceChange) -> PriceChange:
    """Set what `wanted` names, keep the rest; what is stored then."""
    members = {name: value for name, value in asdict(wanted).items() if value is not None}
    key = {"pk": partition_of(account), "sk": f"price#{country}"}
    answer = table.update_item(
        Key=key,
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in members),
        ExpressionAttributeNames={f"#{name}": name for name in members},
        ExpressionAttributeValues={f":{name}": value for name, value in members.items()},
        ReturnValues="ALL_NEW",
    )
    return _from_item(answer["Attributes"])


def delete_price_change(table: Table, account: str | None, country: str) -> None:
    table.delete_item(Key={"pk": partition_of(account), "sk": f"price#{country}"})


def _from_item(item: Mapping[str, Any]) -> PriceChange:
    return PriceChange(native(item.get("micro_usd")), item.get("active"))
