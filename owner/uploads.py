"""Files of contacts that were uploaded lie in the bucket for 90 days: those with an erased number go before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.conditions import Key

from owner.connection import Stack
from owner.mentions import Number
from roost.domain.imports import ImportStatus
from roost.runtime.deps import Deps
from roost.storage.contact_imports import key_of
from roost.storage.pages import all_items

LAST_DIGITS = 7
"""A file may name numbers without their country, in any spelling. Deleting one too many loses nothing: a file is read
by its import alone, once."""

CELLS = re.compile(rb"[,;\t|\"]")


def erase_uploads(deps: Deps, stack: Stack, account: str, number: Number) -> Counter[tuple[str, str | None]]:
    """What was done, in words, with what is left to do, and how often."""
    s3, bucket = stack.client("s3"), stack.resources["MediaBucket"]
    running = _being_read(deps, account)
    done: Counter[tuple[str, str | None]] = Counter()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{account}/imports/")
    for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
        if not _has(s3.get_object(Bucket=bucket, Key=key)["Body"].iter_lines(), number):
            continue
        if key in running:
            done["kept: an upload that is being imported", "run this again when the import has ended"] += 1
            continue
        s3.delete_object(Bucket=bucket, Key=key)
        done["uploads", None] += 1
    return done


def _being_read(deps: Deps, account: str) -> frozenset[str]:
    imports = Key("pk").eq(key_of(account, 0)["pk"]) & Key("sk").begins_with("import#")
    found = all_items(deps.contacts, KeyConditionExpression=imports, ConsistentRead=True)
    return frozenset(item["key"] for item in found if item["status"] == ImportStatus.RUNNING)


def _has(lines: Iterator[bytes], number: Number) -> bool:
    end = number.e164[-LAST_DIGITS:].encode()
    return any(_digits(cell).endswith(end) for line in lines for cell in CELLS.split(line))


def _digits(cell: Any) -> bytes:
    return re.sub(rb"\D", b"", cell)
