"""Lease records, one per claim that granted something. Kept for a day, so that a repeated claim gets the same lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roost.domain.instants import DAY
from roost.domain.leases import Grant, Lease, LeaseState
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str, phone: int, claim_id: str) -> dict[str, str]:
    return {"pk": f"A#{account}#P#{phone}", "sk": f"lease#{claim_id}"}


def get_lease(table: Table, account: str, phone: int, claim_id: str) -> Lease | None:
    answer = table.get_item(Key=key_of(account, phone, claim_id), ConsistentRead=True)
    return _from_item(native(answer["Item"])) if "Item" in answer else None


def put_lease_once(table: Table, lease: Lease, now: int) -> Lease:
    """The lease of this claim: `lease`, or the one a parallel copy of the same request wrote first."""
    item = compact(
        {
            **key_of(lease.account, lease.phone, lease.claim_id),
            "account": lease.account,
            "phone": lease.phone,
            "claim_id": lease.claim_id,
            "epoch": lease.epoch,
            "grant": lease.grant,
            "state": lease.state,
            "job_ids": list(lease.job_ids),
            "until": lease.until,
            "accepted_at": lease.accepted_at,
            "ttl": (now + 2 * DAY) // 1_000,
        }
    )
    try:
        conditionally(table.put_item, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except ConditionFailed as failure:
        return _from_item(failure.item or item)
    return lease


def settle_lease(table: Table, lease: Lease, state: LeaseState, now: int) -> LeaseState:
    """Compare-and-set `open -> accepted` or `open -> revoked`; the state it has afterwards. Exactly one side wins."""
    try:
        conditionally(
            table.update_item,
            Key=key_of(lease.account, lease.phone, lease.claim_id),
            UpdateExpression="SET #state = :state, #settled = :now",
            ConditionExpression="#state = :open",
            ExpressionAttributeNames={"#state": "state", "#settled": f"{state.value}_at"},
            ExpressionAttributeValues={":state": state, ":open": LeaseState.OPEN, ":now": now},
        )
    except ConditionFailed as failure:
        return LeaseState(failure.item["state"]) if failure.item else LeaseState.REVOKED
    return state


def _from_item(item: Item) -> Lease:
    return Lease(
        account=item["account"],
        phone=item["phone"],
        claim_id=item["claim_id"],
        epoch=item["epoch"],
        grant=Grant(item["grant"]),
        state=LeaseState(item["state"]),
        job_ids=tuple(item["job_ids"]),
        until=item["until"],
        accepted_at=item.get("accepted_at"),
    )
