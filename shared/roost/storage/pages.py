"""Many items: a query's beyond DynamoDB's first page, and those of many keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
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


MOST_KEYS = 100
"""BatchGetItem takes no more."""


def items_of(table: Table, keys: Iterable[dict[str, str]], *, consistent: bool = False) -> Iterator[Item]:
    """Those that exist, in no order, read as they are asked for; the keys must differ."""
    wanted = iter(keys)
    while asked := list(islice(wanted, MOST_KEYS)):
        left: Any = asked
        while left:
            answer = table.meta.client.batch_get_item(
                RequestItems={table.name: {"Keys": left, "ConsistentRead": consistent}}
            )
            yield from (native(item) for item in answer["Responses"].get(table.name, []))
            unread: Any = answer["UnprocessedKeys"]
            left = unread[table.name]["Keys"] if unread else None
