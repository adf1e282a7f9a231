"""Lease records of `confirm` grants of several jobs: where acceptance and revocation race for one write."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from roost.domain.leases import Grant, Lease, LeaseState
from roost.domain.retention import KEEP_LEASE
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.steps import as_steps, from_steps

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def key_of(account: str, phone: int, claim_id: str) -> dict[str, str]:
    return {"pk": f"A#{account}#P#{phone}", "sk": f"lease#{claim_id}"}


def get_lease(table: Table, account: str, phone: int, claim_id: str) -> Lease | None:
    answer = table.get_item(Key=key_of(account, phone, claim_id), ConsistentRead=True)
    return lease_of(native(answer["Item"])) if "Item" in answer else None


def put_lease_once(table: Table, lease: Lease, now: int) -> Lease:
    """The lease of this claim: `lease`, or the one a parallel copy of the same request wrote first."""
    key = key_of(lease.account, lease.phone, lease.claim_id)
    item = {**key, **lease_item(lease), "ttl": (now + KEEP_LEASE) // 1_000}
    try:
        conditionally(table.put_item, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except ConditionFailed as failure:
        return lease_of(failure.item or item)
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


def lease_item(lease: Lease) -> Item:
    plain = {name: value for name, value in asdict(lease).items() if name not in ("job_ids", "slots")}
    return compact({**plain, "jobs": as_steps(lease.job_ids), "leave": as_steps((lease.until, *lease.slots))[1:]})


def lease_of(item: Item) -> Lease:
    known = {name: item[name] for name in Lease.__dataclass_fields__ if name in item}
    known |= {"grant": Grant(item["grant"]), "state": LeaseState(item["state"])}
    known |= {"job_ids": _jobs_of(item), "slots": _slots_of(item)}
    return Lease(**known)


def _jobs_of(item: Item) -> tuple[int, ...]:
    """`job_ids` and `slots` are what the first versions wrote."""
    return tuple(item["job_ids"]) if "job_ids" in item else from_steps(item.get("jobs", ()))


def _slots_of(item: Item) -> tuple[int, ...]:
    return tuple(item["slots"]) if "slots" in item else from_steps((item["until"], *item.get("leave", ())))[1:]
