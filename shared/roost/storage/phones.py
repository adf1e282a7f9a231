"""Phones: one item each under their account, and the counter that numbers them and names the primary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.conditions import Key

from roost.domain.leases import Lease
from roost.domain.pacing import Bookings, Pacing
from roost.domain.phones import Heard, Phone, PushAddress, Sim
from roost.storage.conditional import ConditionFailed, conditionally
from roost.storage.items import Item, compact, native
from roost.storage.leases import lease_item, lease_of
from roost.storage.pages import all_items
from roost.storage.steps import as_steps, from_steps

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

FIRST, MORE = 16, 32
"""Phones that are read for one message: the first ones, 1.5 read units, and if there are others so many of them, 3."""

MOST_READ = 1_000
"""All are read for work that any may take: 97 read units, 2.5 s at 256 MB (decision 0034)."""

FEW = 4
"""Phones read at a time by who needs to find one, not all."""


def key_of(account: str, number: int) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": f"phone#{number:08d}"}


def counter_key(account: str) -> dict[str, str]:
    return {"pk": f"A#{account}", "sk": "counter"}


def next_number(table: Table, account: str) -> int:
    answer = table.update_item(
        Key=counter_key(account),
        UpdateExpression="ADD phones :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(str(answer["Attributes"]["phones"]))


def set_primary(table: Table, account: str, number: int, *, only_if_none: bool = False) -> None:
    """One write moves the mark, so an account never has two primaries."""
    condition = {"ConditionExpression": "attribute_not_exists(primary_phone)"} if only_if_none else {}
    try:
        conditionally(
            table.update_item,
            Key=counter_key(account),
            UpdateExpression="SET primary_phone = :number",
            ExpressionAttributeValues={":number": number},
            **condition,
        )
    except ConditionFailed:
        return


def clear_primary(table: Table, account: str, number: int) -> None:
    try:
        conditionally(
            table.update_item,
            Key=counter_key(account),
            UpdateExpression="REMOVE primary_phone",
            ConditionExpression="primary_phone = :number",
            ExpressionAttributeValues={":number": number},
        )
    except ConditionFailed:
        return


def put_phone(table: Table, phone: Phone) -> None:
    table.put_item(Item=to_item(phone))


def get_phone(table: Table, account: str, number: int, *, consistent: bool = False) -> Phone | None:
    """Also a removed one: the caller decides what a removed phone means to it."""
    answer = table.get_item(Key=key_of(account, number), ConsistentRead=consistent)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def list_phones(table: Table, account: str) -> tuple[list[Phone], int | None]:
    """Every phone that is not removed, by number, and the number of the primary."""
    items = list(all_items(table, KeyConditionExpression=Key("pk").eq(f"A#{account}")))
    phones = [from_item(item) for item in items if item["sk"].startswith("phone#")]
    primary = next((item.get("primary_phone") for item in items if item["sk"] == "counter"), None)
    return [phone for phone in phones if phone.removed_at is None], primary


def some_phones(table: Table, account: str, dice: int) -> tuple[list[Phone], bool]:
    """Those of an account that are not removed, and whether these are all: else the first ones and MORE of the others,
    from a place on that `dice`, a random number, decides."""
    sample = _sample(table, account, dice)
    return [phone for phone in sample.phones if phone.removed_at is None], sample.paired == len(sample.phones)


def many_phones(table: Table, account: str, dice: int) -> list[Phone]:
    """Those of an account that are not removed: all of up to MOST_READ, else those that `dice` decides."""
    sample = _sample(table, account, dice)
    if len(sample.phones) < sample.paired <= MOST_READ:
        return list_phones(table, account)[0]
    return [phone for phone in sample.phones if phone.removed_at is None]


def count_phones(table: Table, account: str, dice: int, counts: Callable[[Phone], bool]) -> int:
    """How many `counts` is true of. Counted while they are few, of many estimated from those that `dice` decides."""
    sample = _sample(table, account, dice)
    found = sum(phone.removed_at is None and counts(phone) for phone in sample.phones)
    return found * sample.paired // max(len(sample.phones), 1)


class _Sample(NamedTuple):
    """`phones`: removed ones, too; `paired`: how many there ever were."""

    phones: list[Phone]
    paired: int


def _sample(table: Table, account: str, dice: int) -> _Sample:
    of_account = Key("pk").eq(f"A#{account}")
    answer = table.query(KeyConditionExpression=of_account, Limit=FIRST + 1)  # with the counter, which comes first
    items = [native(item) for item in answer["Items"]]
    is_all = "LastEvaluatedKey" not in answer
    last = next((int(item["phones"]) for item in items if item["sk"] == "counter"), 0)
    if not is_all:
        start = FIRST + 1 + dice % max(last - FIRST - MORE + 1, 1)
        others = of_account & Key("sk").gte(key_of(account, start)["sk"])
        items += [native(item) for item in table.query(KeyConditionExpression=others, Limit=MORE)["Items"]]
    phones = list({item["number"]: from_item(item) for item in items if item["sk"].startswith("phone#")}.values())
    return _Sample(phones, len(phones) if is_all else max(last, len(phones)))


def another_may_send(table: Table, phone: Phone) -> bool:
    """Whether the account has one beside this phone. Reads on only until one is found."""
    of_account = Key("pk").eq(f"A#{phone.account}") & Key("sk").begins_with("phone#")
    items = all_items(table, KeyConditionExpression=of_account, Limit=FEW)
    others = (from_item(item) for item in items if item["number"] != phone.number)
    return any(other.may_send for other in others)


def update_phone(
    table: Table,
    phone: Phone,
    changes: Mapping[str, Any],
    *,
    remove: tuple[str, ...] = (),
    expect: Mapping[str, Any] | None = None,
) -> Phone:
    """Set top-level attributes of a phone that still exists; the phone as it then is.

    `expect`: attributes that must still have these values. Raises ConditionFailed with the fresh item; of a removed
    phone it has `removed_at`.
    """
    update = phone_update(phone, changes, remove=remove, expect=expect)
    return from_item(conditionally(table.update_item, **update, ReturnValues="ALL_NEW"))


def phone_update(
    phone: Phone,
    changes: Mapping[str, Any],
    *,
    remove: tuple[str, ...] = (),
    expect: Mapping[str, Any] | None = None,
) -> Item:
    """The parameters of such an update, for a transaction too."""
    expected = expect or {}
    setting = ", ".join(f"#{name} = :{name}" for name in changes)
    removing = " REMOVE " + ", ".join(f"#{name}" for name in remove) if remove else ""
    conditions = ["attribute_exists(pk)", "attribute_not_exists(removed_at)"]
    conditions += [f"#{name} = :was_{name}" for name in expected]
    values = {f":{name}": value for name, value in changes.items()}
    return {
        "Key": key_of(phone.account, phone.number),
        "UpdateExpression": f"SET {setting}{removing}",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {f"#{name}": name for name in (*changes, *remove, *expected)},
        "ExpressionAttributeValues": values | {f":was_{name}": value for name, value in expected.items()},
    }


def change_cancels(
    table: Table, phone: Phone, *, add: frozenset[int] = frozenset(), drop: frozenset[int] = frozenset()
) -> None:
    """Which held messages should not leave any more; told to the phone with every answer until they are resolved."""
    action, messages = ("ADD", add) if add else ("DELETE", drop)
    if not messages:
        return
    table.update_item(
        Key=key_of(phone.account, phone.number),
        UpdateExpression=f"{action} cancels :messages",
        ExpressionAttributeValues={":messages": set(messages)},
    )


def to_item(phone: Phone) -> Item:
    return compact(
        {
            **key_of(phone.account, phone.number),
            **asdict(phone),
            "pacing": pacing_item(phone.pacing),
            "last_lease": newest_lease_item(phone.last_lease) if phone.last_lease else None,
            "sims": sim_items(phone.sims),
            "push": push_item(phone.push) if phone.push else None,
            "held_jobs": None,
            "holds": held_item(phone.held_jobs),
            "cancels": set(phone.cancels) or None,
        }
    )


def newest_lease_item(lease: Lease) -> Item:
    """Without what the phone's item says anyway: beyond a kilobyte each of its writes costs another unit."""
    return {name: value for name, value in lease_item(lease).items() if name not in ("account", "phone")}


def held_item(job_ids: frozenset[int]) -> list[int] | None:
    return as_steps(sorted(job_ids)) or None


def pacing_item(pacing: Pacing) -> Item:
    return compact(asdict(pacing))


def sim_items(sims: tuple[Sim, ...]) -> list[Item]:
    return [compact(asdict(sim)) for sim in sims]


def push_item(address: PushAddress) -> Item:
    return compact(asdict(address))


def from_item(item: Item) -> Phone:
    known = {name: item[name] for name in Phone.__dataclass_fields__ if name in item}
    known["sims"] = tuple(Sim(**sim) for sim in item.get("sims", ()))
    nested = {"push": PushAddress, "pacing": Pacing, "booked": Bookings, "heard": Heard}
    known |= {name: make(**item[name]) for name, make in nested.items() if name in item}
    # The first versions wrote a set, under the name of the field; who went back to one of them has both.
    known["held_jobs"] = frozenset(from_steps(item.get("holds", ()))) | item.get("held_jobs", frozenset())
    if "last_lease" in item:
        known["last_lease"] = lease_of({"account": item["account"], "phone": item["number"], **item["last_lease"]})
    return Phone(**known)
