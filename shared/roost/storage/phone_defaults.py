"""What an account's new phones start with: one item, absent while nobody changed anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.phone_defaults import PhoneDefaults
from roost.storage.items import native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "phone_defaults"}


def get_phone_defaults(table: Table, account: str) -> PhoneDefaults:
    item = native(table.get_item(Key=key_of(account)).get("Item", {}))
    return PhoneDefaults(**{name: item[name] for name in PhoneDefaults.__dataclass_fields__ if name in item})


def put_phone_defaults(table: Table, account: str, defaults: PhoneDefaults) -> None:
    table.put_item(Item={**key_of(account), **asdict(defaults)})
