"""Campaigns: an item each, one per page of recipients, and what has its machine started; all in the contacts table."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from roost.domain.audiences import ContactFilter
from roost.domain.campaigns import Campaign, CampaignPage, CampaignStatus
from roost.domain.instants import DAY
from roost.domain.open_hours import Window
from roost.storage.conditional import changes_between, conditionally, write_changes
from roost.storage.items import Item, compact, native
from roost.storage.pages import all_items
from roost.storage.transactions import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP_WORK = DAY


class CampaignChanged(Exception):
    """Somebody wrote the campaign, or this page of it, since it was read."""


def key_of(account: str, campaign: int) -> dict[str, str]:
    return {"pk": f"A#{account}#campaigns", "sk": f"campaign#{campaign:08d}"}


def page_key(account: str, campaign: int, number: int) -> dict[str, str]:
    return {"pk": f"A#{account}#campaign#{campaign}", "sk": f"page#{number:06d}"}


def next_campaign_id(table: Table, account: str) -> int:
    answer = table.update_item(
        Key={"pk": f"A#{account}#campaigns", "sk": "counter"},
        UpdateExpression="ADD campaigns :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(str(answer["Attributes"]["campaigns"]))


def put_campaign(table: Table, made: Campaign) -> None:
    conditionally(table.put_item, Item=to_item(made), ConditionExpression="attribute_not_exists(pk)")


def get_campaign(table: Table, account: str, campaign: int) -> Campaign | None:
    answer = table.get_item(Key=key_of(account, campaign), ConsistentRead=True)
    return from_item(native(answer["Item"])) if "Item" in answer else None


def gives_out(table: Table, account: str, campaign: int) -> bool:
    """A read unit, asked at each claim of its messages: a pause holds from the moment it is written. Also of one
    that is over: what failed after that is tried again."""
    key = key_of(account, campaign)
    answer = table.get_item(Key=key, ConsistentRead=True, ProjectionExpression="#status", **_STATUS)
    item = answer.get("Item")
    return item is not None and item["status"] in (CampaignStatus.RUNNING, CampaignStatus.COMPLETED)


_STATUS: Any = {"ExpressionAttributeNames": {"#status": "status"}}


def campaigns_before(table: Table, account: str, before: int | None, limit: int) -> list[Campaign]:
    """The newest first, behind the one with the id `before`."""
    highest = f"campaign#{before - 1:08d}" if before else "campaign#~"
    wanted = Key("pk").eq(f"A#{account}#campaigns") & Key("sk").between("campaign#", highest)
    answer = table.query(KeyConditionExpression=wanted, ScanIndexForward=False, Limit=limit, ConsistentRead=True)
    return [from_item(native(item)) for item in answer["Items"]]


def delete_campaign(table: Table, campaign: Campaign) -> None:
    """Raises ConditionFailed if it has changed since it was read."""
    conditionally(
        table.delete_item,
        Key=key_of(campaign.account, campaign.id),
        ConditionExpression="revision = :revision",
        ExpressionAttributeValues={":revision": campaign.revision},
    )


def change_campaign(table: Table, before: Campaign, after: Campaign) -> None:
    """Raises ConditionFailed if `before` is no longer what is stored."""
    write_changes(table, to_item(before), to_item(after))


def campaign_write(table: Table, before: Campaign, after: Campaign) -> Write:
    """For a transaction; refused as CampaignChanged."""
    update = changes_between(to_item(before), to_item(after))
    return Write({"Update": {"TableName": table.name, **update}}, lambda _: CampaignChanged())


def work_write(table: Table, campaign: Campaign, now: int) -> Write:
    """Its record in the stream has the machine started that brings about what the campaign's epoch says."""
    item: Item = {
        "pk": f"A#{campaign.account}#work",
        "sk": f"campaign#{campaign.id:08d}#{campaign.epoch:08d}",
        "account": campaign.account,
        "work": "campaign",
        "campaign": campaign.id,
        "epoch": campaign.epoch,
        "at": now,
        "ttl": (now + KEEP_WORK) // 1_000,
    }
    return Write({"Put": {"TableName": table.name, "Item": item}}, lambda _: CampaignChanged())


def page_write(table: Table, campaign: Campaign, page: CampaignPage) -> Write:
    item = {**page_key(campaign.account, campaign.id, page.number), **asdict(page)}
    condition = "attribute_not_exists(pk)"
    return Write(
        {"Put": {"TableName": table.name, "Item": item, "ConditionExpression": condition}}, lambda _: CampaignChanged()
    )


def pages_of(table: Table, account: str, campaign: int) -> list[CampaignPage]:
    """In the order in which they were written."""
    wanted = Key("pk").eq(page_key(account, campaign, 0)["pk"])
    found = all_items(table, KeyConditionExpression=wanted, ConsistentRead=True)
    return [CampaignPage(item["number"], item["base"], item["count"], item["counts"]) for item in found]


def settle_page(table: Table, account: str, campaign: int, page: CampaignPage) -> None:
    """Its counts will not change any more."""
    table.update_item(
        Key=page_key(account, campaign, page.number),
        UpdateExpression="SET counts = :counts",
        ExpressionAttributeValues={":counts": dict(page.counts)},
    )


def is_campaign(item: Item) -> bool:
    """Of any item of the table."""
    return str(item["pk"]).endswith("#campaigns") and str(item["sk"]).startswith("campaign#")


def to_item(campaign: Campaign) -> Item:
    return compact(
        {
            **key_of(campaign.account, campaign.id),
            **{
                name: getattr(campaign, name)
                for name in Campaign.__dataclass_fields__
                if name not in ("audience", "window")
            },
            "audience": _filter_item(campaign.audience),
            "window": _window_item(campaign.window),
            "excluded": dict(campaign.excluded),
            "counts": dict(campaign.counts),
        }
    )


def _filter_item(audience: ContactFilter) -> Item:
    members = {name: getattr(audience, name) for name in ContactFilter.__dataclass_fields__}
    return compact(
        {
            **members,
            "tags": set(audience.tags) or None,
            "any_tags": set(audience.any_tags) or None,
            "fields": dict(audience.fields),
        }
    )


def _window_item(window: Window | None) -> Item | None:
    return compact({**asdict(window), "days": list(window.days)}) if window else None


def from_item(item: Item) -> Campaign:
    known = {name: item[name] for name in Campaign.__dataclass_fields__ if name in item}
    known["status"] = CampaignStatus(item["status"])
    known["audience"] = ContactFilter(**item.get("audience", {}))
    if "window" in item:
        known["window"] = Window(**{**item["window"], "days": tuple(item["window"]["days"])})
    return Campaign(**known)
