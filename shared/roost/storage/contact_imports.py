"""Imports of contacts: an item each, and the rows that were refused; with what has its machine started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from roost.domain.imports import KEEP, ContactImport, ImportStatus, RefusedRow
from roost.domain.instants import DAY
from roost.storage.conditional import changes_between
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


NEWER_THAN_ANY = 99_999_999


class ImportMoved(Exception):
    """Another look at this import came first: what this one was about to write is written."""


def key_of(account: str, number: int) -> dict[str, str]:
    return {"pk": f"A#{account}#imports", "sk": f"import#{number:08d}"}


def next_import_id(table: Table, account: str) -> int:
    answer = table.update_item(
        Key={"pk": f"A#{account}#imports", "sk": "counter"},
        UpdateExpression="ADD imports :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(str(answer["Attributes"]["imports"]))


def put_import(table: Table, made: ContactImport) -> None:
    table.put_item(Item=_item_of(made))


def get_import(table: Table, account: str, number: int) -> ContactImport | None:
    answer = table.get_item(Key=key_of(account, number), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def imports_before(table: Table, account: str, number: int | None, limit: int) -> list[ContactImport]:
    """The newest first; `number` None: from the newest on."""
    newest = key_of(account, number - 1 if number is not None else NEWER_THAN_ANY)
    wanted = Key("pk").eq(newest["pk"]) & Key("sk").between("import#", newest["sk"])
    found = all_items(table, KeyConditionExpression=wanted, ScanIndexForward=False, Limit=limit)
    return [_from_item(item) for item in islice(found, limit)]


def import_write(table: Table, before: ContactImport, after: ContactImport) -> Write:
    """For a transaction; refused as ImportMoved."""
    update = changes_between(_item_of(before), _item_of(after))
    return Write({"Update": {"TableName": table.name, **update}}, lambda _: ImportMoved())


def import_work_write(table: Table, wanted: ContactImport, now: int) -> Write:
    """Its record in the stream has the machine started."""
    item: Item = {
        "pk": f"A#{wanted.account}#work",
        "sk": f"import#{wanted.id:08d}",
        "account": wanted.account,
        "work": "import",
        "import": wanted.id,
        "at": now,
        "ttl": (now + DAY) // 1_000,
    }
    return Write({"Put": {"TableName": table.name, "Item": item}}, lambda _: ImportMoved())


def refused_write(table: Table, of: ContactImport, refused: Sequence[RefusedRow]) -> Write:
    rows = [{"row": row.row, "problem": row.problem} for row in refused]
    key = {"pk": f"A#{of.account}#import#{of.id}", "sk": f"refused#{refused[0].row:09d}"}
    item = {**key, "rows": rows, "ttl": (of.created_at + KEEP) // 1_000}
    return Write({"Put": {"TableName": table.name, "Item": item}}, lambda _: ImportMoved())


def refused_rows(table: Table, account: str, number: int) -> Iterator[RefusedRow]:
    """In the order of the file."""
    wanted = Key("pk").eq(f"A#{account}#import#{number}") & Key("sk").begins_with("refused#")
    for item in all_items(table, KeyConditionExpression=wanted):
        yield from (RefusedRow(row["row"], row["problem"]) for row in item["rows"])


def _item_of(found: ContactImport) -> Item:
    members = {name: getattr(found, name) for name in ContactImport.__dataclass_fields__}
    told = {**members, "tags": set(found.tags) or None, "columns": list(found.columns)}
    return compact({**key_of(found.account, found.id), **told, "ttl": (found.created_at + KEEP) // 1_000})


def _from_item(item: Item) -> ContactImport:
    known = {name: item[name] for name in ContactImport.__dataclass_fields__ if name in item}
    known |= {"status": ImportStatus(item["status"]), "columns": tuple(item.get("columns", ()))}
    return ContactImport(**known)
