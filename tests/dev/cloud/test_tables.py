"""Updates that would lose data."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from dev.cloud.stack import DeployError
from dev.cloud.tables import key_of, refuse_data_loss

EXISTING = {"Items": {"type": "AWS::DynamoDB::Table", "id": "stack-Items-1"}}
LIVE = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}


def _check(properties: dict[str, Any] | None) -> None:
    resources = {"Items": {"Type": "AWS::DynamoDB::Table", "Properties": properties}} if properties else {}
    session: Any = boto3.Session("test", "test", region_name="us-east-1")
    dynamodb = session.client("dynamodb")
    with Stubber(dynamodb) as stubs:
        stubs.add_response("describe_table", {"Table": LIVE}, {"TableName": "stack-Items-1"})
        refuse_data_loss({"Resources": resources}, EXISTING, dynamodb)


def test_a_table_that_left_the_template_is_refused() -> None:
    with pytest.raises(DeployError, match=r"Items is no longer in the template.*--replace-tables"):
        _check(None)


def test_a_key_attribute_of_another_type_is_refused() -> None:
    number = [{"AttributeName": "pk", "AttributeType": "N"}]
    with pytest.raises(DeployError, match="the key of Items is"):
        _check({**LIVE, "AttributeDefinitions": number})


def test_a_new_index_attribute_and_another_order_are_no_loss() -> None:
    more = [{"AttributeName": "new", "AttributeType": "S"}, *reversed(LIVE["AttributeDefinitions"])]
    _check({**LIVE, "AttributeDefinitions": more})


def test_the_key_is_the_same_in_whatever_order_it_is_written() -> None:
    parts = [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}]
    types = [{"AttributeName": "sk", "AttributeType": "S"}, {"AttributeName": "pk", "AttributeType": "S"}]
    assert key_of({"KeySchema": parts, "AttributeDefinitions": types}) == (("pk", "S", "HASH"), ("sk", "S", "RANGE"))
