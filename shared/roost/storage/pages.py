"""A query's items beyond DynamoDB's first page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from roost.storage.items import Item, native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def all_items(table: Table, **query: Any) -> Iterator[Item]:
    """Read on as long as somebody asks for more. `Limit` is then the size of a page, not of the answer."""
    answer = table.query(**query)
    yield from (native(item) for item in answer["Items"])
    while "LastEvaluatedKey" in answer:
        answer = table.query(**query, ExclusiveStartKey=answer["LastEvaluatedKey"])
        yield from (native(item) for item in answer["Items"])
