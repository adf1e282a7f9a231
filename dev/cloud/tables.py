"""Tables: which updates would lose data, and the settings CloudFormation forgets here."""

from collections.abc import Mapping
from typing import Any

from dev.cloud.stack import DeployError
from dev.cloud.template_yaml import Template

TABLE = "AWS::DynamoDB::Table"

Key = tuple[tuple[str, str, str], ...]


def refuse_data_loss(template: Template, existing: Mapping[str, Mapping[str, str]], dynamodb: Any) -> None:
    """Raise DeployError when the update would replace or remove a table that exists.

    The engine replaces such a table by an empty one of the same name, whatever its DeletionPolicy says.
    """
    for name, resource in existing.items():
        if resource["type"] != TABLE:
            continue
        live = dynamodb.describe_table(TableName=resource["id"])["Table"]
        wanted = template["Resources"].get(name)
        if wanted is None:
            raise DeployError(_refusal(f"{name} is no longer in the template"))
        if key_of(wanted["Properties"]) != key_of(live):
            raise DeployError(
                _refusal(f"the key of {name} is {key_of(wanted['Properties'])}, the existing table has {key_of(live)}")
            )


def key_of(table: Mapping[str, Any]) -> Key:
    """(attribute, type, HASH or RANGE) of the key of a table, as described by the API or by a template."""
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]}
    parts = [(part["AttributeName"], types[part["AttributeName"]], part["KeyType"]) for part in table["KeySchema"]]
    return tuple(sorted(parts, key=lambda part: part[2]))


def enable_expiry(template: Template, resources: Mapping[str, Mapping[str, str]], dynamodb: Any) -> None:
    """Turn on the tables' TTL attributes: the engine ignores the CloudFormation property."""
    for name, resource in template["Resources"].items():
        wanted = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if resource["Type"] != TABLE or name not in resources or not wanted or not wanted.get("Enabled"):
            continue
        table = resources[name]["id"]
        live = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if live.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
            dynamodb.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={"AttributeName": wanted["AttributeName"], "Enabled": True},
            )


def _refusal(reason: str) -> str:
    return (
        f"this update would lose data: {reason}. "
        "Undo the change, or start once with --replace-tables to go on with an empty table"
    )
