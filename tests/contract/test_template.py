"""The template keeps to least privilege and to the shape every part of Roost relies on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tests.contract.repository import ROOT, function_names, functions, parsed, resources_of, shown

NEVER = {"dynamodb:Scan", "dynamodb:*", "dynamodb:PartiQLSelect"}
LONGEST_REQUEST_SECONDS = 29


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for function in functions():
        for policy in function.properties.get("Policies", []):
            for statement in policy["Statement"]:
                yield function.name, statement


def test_a_statement_names_its_actions_and_one_resource() -> None:
    assert {name for name, _ in statements()} == set(function_names()) - {"read_docs"}
    for name, statement in statements():
        assert not any("*" in action or action in NEVER for action in statement["Action"]), name
        assert isinstance(statement["Resource"], dict), f"{name}: name one resource of this stack"
        assert "*" not in str(statement["Resource"]), name


def test_reading_functions_cannot_write() -> None:
    for name, statement in statements():
        if name.startswith("read_"):
            assert all(
                action.startswith(("dynamodb:Get", "dynamodb:BatchGet", "dynamodb:Query"))
                for action in statement["Action"]
            )


def test_only_phone_callback_and_dispatch_changes_read_the_firebase_settings() -> None:
    readers = {name for name, statement in statements() if "ssm:GetParameter" in statement["Action"]}
    assert readers == {"phone_callback", "dispatch_changes"}


def test_a_table_outlives_the_stack_and_an_index_holds_keys_only() -> None:
    for name, table in resources_of("AWS::DynamoDB::Table").items():
        assert table["KeySchema"] == [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ], name
        assert table["BillingMode"] == "PAY_PER_REQUEST", name
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}, name
        for index in table.get("GlobalSecondaryIndexes", []):
            assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}, index["IndexName"]


def test_no_function_outlives_the_request_it_answers() -> None:
    """API Gateway gives up after 30 s: a function that runs on would work for nobody."""
    for function in functions():
        assert function.properties.get("Timeout", LONGEST_REQUEST_SECONDS) <= LONGEST_REQUEST_SECONDS


def test_the_template_is_written_out() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    assert "Fn::ForEach" not in text, "plain `sam build` crashes on it, and grep finds no name in it"
    assert "emulator" not in text.lower(), "nothing about the local cloud is written here"


def test_each_index_named_in_code_is_in_the_template() -> None:
    indexes = {
        index["IndexName"]
        for table in resources_of("AWS::DynamoDB::Table").values()
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    used = {
        (keyword.value.value, shown(file))
        for file in (ROOT / "shared").rglob("*.py")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "IndexName" and isinstance(keyword.value, ast.Constant)
    }
    assert {name for name, _ in used} <= indexes, used
