"""What an account decided about its conversations: one small item, absent until something is changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.conversation_settings import ConversationSettings
from roost.storage.items import compact, native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "conversation_settings"}


def get_conversation_settings(table: Table, account: str) -> ConversationSettings:
    item = native(table.get_item(Key=key_of(account)).get("Item", {}))
    known = ConversationSettings.__dataclass_fields__
    return ConversationSettings(**{name: item[name] for name in known if name in item})


def put_conversation_settings(table: Table, account: str, settings: ConversationSettings) -> None:
    table.put_item(Item=compact({**key_of(account), **asdict(settings)}))
