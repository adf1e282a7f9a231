"""Which batches went to a number: a few bytes for each recipient, packed, so that an index entry for each is saved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.batches import id_at
from roost.domain.retention import KEEP_MESSAGE
from roost.storage.batches import PUTS_AT_ONCE
from roost.storage.conditional import telling_throttling
from roost.storage.items import Item
from roost.storage.pages import all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PER_ITEM = 160
"""Six bytes each: with its keys an item stays within the kilobyte of one write unit."""

SPREADS = (1, 8, 64)
"""Over how many items a batch is spread, by a hash of the number: a look for one number is one query for each."""

HASH_BYTES, INDEX_BYTES = 4, 2
ENTRY_BYTES = HASH_BYTES + INDEX_BYTES

MOST_BATCHES = 1_000
"""So many small batches of each spread does one look go through."""


def put_recipients(table: Table, account: str, base: int, numbers: Sequence[str], expires_at: int) -> None:
    """`numbers` in the order of the batch. As its chunks, they are nobody's until its lanes are written.
    Raises Throttled."""
    spread = next(each for each in SPREADS if each is SPREADS[-1] or len(numbers) <= each * PER_ITEM)
    entries: dict[int, bytearray] = {}
    for index, number in enumerate(numbers):
        digest = _digest(number)
        entries.setdefault(_bucket(digest, spread), bytearray()).extend(digest + index.to_bytes(INDEX_BYTES))
    ttl = (expires_at + KEEP_MESSAGE) // 1_000
    items = ({**_key(account, spread, at, base), "entries": bytes(found), "ttl": ttl} for at, found in entries.items())
    while some := list(islice(items, PUTS_AT_ONCE)):
        requests: Any = [{"PutRequest": {"Item": item}} for item in some]
        with telling_throttling():
            answer = table.meta.client.batch_write_item(RequestItems={table.name: requests})
            for request in answer.get("UnprocessedItems", {}).get(table.name, ()):
                table.put_item(Item=request["PutRequest"]["Item"])


def batch_messages_to(table: Table, account: str, number: str, below: int, spread: int) -> Iterator[int]:
    """Ids below `below` of messages of batches to this number, the newest first. Four bytes of a hash are compared: who
    reads such a message looks at its number. A batch that was never committed has none of them."""
    digest = _digest(number)
    key = _key(account, spread, _bucket(digest, spread), below)
    batches = all_items(
        table,
        KeyConditionExpression=Key("pk").eq(key["pk"]) & Key("sk").lt(key["sk"]),
        ScanIndexForward=False,
        Limit=PER_ITEM,
    )
    for item in islice(batches, MOST_BATCHES):
        yield from (found for found in reversed(_ids_in(item, digest)) if found < below)


def forget_recipient(table: Table, account: str, base: int, number: str, indexes: Iterable[int]) -> None:
    """Take out what finds these messages of a batch by their number. `indexes`: where in the batch they are, because
    another number may have the same four bytes."""
    digest = _digest(number)
    gone = {digest + index.to_bytes(INDEX_BYTES) for index in indexes}
    for spread in SPREADS:
        key = _key(account, spread, _bucket(digest, spread), base)
        item = table.get_item(Key=key, ConsistentRead=True).get("Item")
        entries = bytes(item["entries"]) if item else b""  # type: ignore[arg-type]
        all_of_them = [entries[start : start + ENTRY_BYTES] for start in range(0, len(entries), ENTRY_BYTES)]
        kept = b"".join(entry for entry in all_of_them if entry not in gone)
        if kept != entries:
            _put_entries(table, key, kept)


def _put_entries(table: Table, key: dict[str, str], entries: bytes) -> None:
    table.update_item(Key=key, UpdateExpression="SET entries = :kept", ExpressionAttributeValues={":kept": entries})


def _ids_in(item: Item, digest: bytes) -> list[int]:
    entries, base = bytes(item["entries"]), int(item["sk"])
    starts = range(0, len(entries), ENTRY_BYTES)
    places = (start + HASH_BYTES for start in starts if entries[start : start + HASH_BYTES] == digest)
    return [id_at(base, int.from_bytes(entries[place : place + INDEX_BYTES])) for place in places]


def _digest(number: str) -> bytes:
    return hashlib.sha256(number.encode()).digest()[:HASH_BYTES]


def _bucket(digest: bytes, spread: int) -> int:
    return digest[-1] % spread


def _key(account: str, spread: int, bucket: int, base: int) -> dict[str, str]:
    return {"pk": f"A#{account}#R#{spread}#{bucket}", "sk": f"{base:016d}"}
