"""The outstanding wake of a phone, on its item: who may push, and when again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.phones import Phone
from roost.domain.pushes import MOST_PUSHES, PUSH_GAP
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.phones import key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

WAKE = ("woken_at", "pushed_at", "pushes")
"""What a phone's item says of an outstanding wake; a claim ends it."""


def add_wake(table: Table, phone: Phone, now: int) -> int | None:
    """Count new work for a phone, and take the right to wake it: at most one wake is outstanding (protocol §17).

    None: the right is the caller's. Else the instant of the wake that is outstanding.
    """
    before = conditionally(
        table.update_item,
        Key=key_of(phone.account, phone.number),
        UpdateExpression="SET woken_at = if_not_exists(woken_at, :now), wakes = if_not_exists(wakes, :zero) + :one",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":now": now, ":zero": 0, ":one": 1},
        ReturnValues="ALL_OLD",
    )
    outstanding: int | None = before.get("woken_at")
    return outstanding


def take_push(table: Table, phone: Phone, woken_at: int, now: int, *, restart: bool = False) -> bool:
    """Take the right to one more push for the wake of `woken_at`: not too soon after the last, not too many without a
    call, and not after one. `restart`: the wake counts from now on, so that its repetitions do, too."""
    setting = "pushed_at = :now, pushes = if_not_exists(pushes, :zero) + :one" + (
        ", woken_at = :now" if restart else ""
    )
    try:
        conditionally(
            table.update_item,
            Key=key_of(phone.account, phone.number),
            UpdateExpression=f"SET {setting}",
            ConditionExpression="woken_at = :woken AND woken_at <= :earlier "
            "AND (attribute_not_exists(pushed_at) OR pushed_at <= :earlier) "
            "AND (attribute_not_exists(pushes) OR pushes < :most)",
            ExpressionAttributeValues={
                ":now": now,
                ":zero": 0,
                ":one": 1,
                ":woken": woken_at,
                ":earlier": now - PUSH_GAP,
                ":most": MOST_PUSHES - 1,  # the first was the wake's own
            },
        )
    except ConditionFailed:
        return False
    return True


def forget_wake(table: Table, phone: Phone, woken_at: int) -> None:
    """A wake that could not be sent is not outstanding."""
    try:
        conditionally(
            table.update_item,
            Key=key_of(phone.account, phone.number),
            UpdateExpression="REMOVE woken_at",
            ConditionExpression="woken_at = :at",
            ExpressionAttributeValues={":at": woken_at},
        )
    except ConditionFailed:
        return
