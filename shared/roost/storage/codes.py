"""One-time codes: one item per account and recipient, beside the messages that carry them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.codes import IssuedCode, PeerCodes
from roost.domain.instants import DAY
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class CodesChanged(Exception):
    """The codes of this recipient are not what was read. `codes`: what stands there now."""

    def __init__(self, codes: PeerCodes | None) -> None:
        super().__init__("the codes of this recipient changed")
        self.codes = codes


def key_of(account: str, peer: str) -> dict[str, str]:
    return {"pk": f"A#{account}#O#{peer}", "sk": "codes"}


def get_codes(table: Table, account: str, peer: str) -> PeerCodes | None:
    answer = table.get_item(Key=key_of(account, peer), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def codes_write(table: Table, before: PeerCodes | None, after: PeerCodes) -> Write:
    """`after` in place of `before`, as part of a transaction. Refused: CodesChanged."""
    put: Item = {
        "TableName": table.name,
        "Item": _to_item(after),
        "ConditionExpression": "attribute_not_exists(pk)" if before is None else "code.id = :id",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if before is not None:
        put["ExpressionAttributeValues"] = {":id": before.code.id}
    return Write({"Put": put}, lambda item: CodesChanged(_from_item(item) if item else None))


def count_attempt(table: Table, codes: PeerCodes, now: int) -> IssuedCode:
    """Take one attempt at this very code, before anything is compared. Raises CodesChanged if none was to be had."""
    try:
        item = conditionally(
            table.update_item,
            Key=key_of(codes.account, codes.peer),
            UpdateExpression="SET code.attempts = code.attempts + :one",
            ConditionExpression="code.id = :id AND code.attempts < code.max_attempts AND code.expires_at > :now "
            "AND attribute_not_exists(code.verified_at)",
            ExpressionAttributeValues={":one": 1, ":id": codes.code.id, ":now": now},
            ReturnValues="ALL_NEW",
        )
    except ConditionFailed as failure:
        raise CodesChanged(_from_item(failure.item) if failure.item else None) from None
    return _from_item(item).code


def use_up(table: Table, codes: PeerCodes, now: int) -> bool:
    """A code is good for once: False when another request used it up first, or a newer code replaced it."""
    try:
        conditionally(
            table.update_item,
            Key=key_of(codes.account, codes.peer),
            UpdateExpression="SET code.verified_at = :now",
            ConditionExpression="code.id = :id AND attribute_not_exists(code.verified_at)",
            ExpressionAttributeValues={":id": codes.code.id, ":now": now},
        )
    except ConditionFailed:
        return False
    return True


def _to_item(codes: PeerCodes) -> Item:
    return {
        **key_of(codes.account, codes.peer),
        "account": codes.account,
        "peer": codes.peer,
        "code": compact(asdict(codes.code)),
        "sent_at": list(codes.sent_at),
        "ttl": (max(codes.sent_at[-1] + DAY, codes.code.expires_at) + DAY) // 1_000,
    }


def _from_item(item: Item) -> PeerCodes:
    return PeerCodes(item["account"], item["peer"], IssuedCode(**item["code"]), tuple(item["sent_at"]))
