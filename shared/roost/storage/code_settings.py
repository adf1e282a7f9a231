"""An account's defaults for one-time codes: one small item, absent until something is changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.codes import CodeSettings
from roost.storage.items import native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "code_settings"}


def get_code_settings(table: Table, account: str) -> CodeSettings:
    item = native(table.get_item(Key=key_of(account)).get("Item", {}))
    return CodeSettings(**{name: item[name] for name in CodeSettings.__dataclass_fields__ if name in item})


def put_code_settings(table: Table, account: str, settings: CodeSettings) -> None:
    table.put_item(Item={**key_of(account), **asdict(settings)})
