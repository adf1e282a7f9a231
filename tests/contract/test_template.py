"""The template keeps to least privilege and to the shape every part of Roost relies on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from dev.artifacts.artifact_check import LOADED_ONLY_IN
from dev.artifacts.template_functions import TemplateFunction
from tests.contract.repository import ROOT, function_names, functions, parsed, resources_of, shown
from tests.contract.state_machines import definitions, task_arguments

NEVER = {"dynamodb:Scan", "dynamodb:*", "dynamodb:PartiQLSelect"}
LONGEST_REQUEST_SECONDS = 29


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """(function or state machine, statement)."""
    machines = resources_of("AWS::Serverless::StateMachine")
    for name, properties in [*((function.name, function.properties) for function in functions()), *machines.items()]:
        for policy in properties.get("Policies", []):
            for statement in policy["Statement"]:
                yield name, statement


def test_a_statement_names_its_actions_and_one_resource() -> None:
    machines = set(resources_of("AWS::Serverless::StateMachine"))
    assert {name for name, _ in statements()} == set(function_names()) - {"read_docs", "download_app"} | machines
    for name, statement in statements():
        assert not any("*" in action or action in NEVER for action in statement["Action"]), name
        assert isinstance(statement["Resource"], dict), f"{name}: name one resource of this stack"
        is_one_of_many = any(
            test(statement)
            for test in (
                is_an_execution_of_one_machine,
                is_an_object_of_one_bucket,
                is_mail_of_one_sender,
                is_a_model_behind_one_profile,
            )
        )
        assert "*" not in str(statement["Resource"]) or is_one_of_many, name


def is_mail_of_one_sender(statement: dict[str, Any]) -> bool:
    """An address may be verified as itself or by its domain, so its identity's name is not known."""
    condition = {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    return bool(statement["Action"] == ["ses:SendEmail"] and statement["Condition"] == condition)


def is_a_model_behind_one_profile(statement: dict[str, Any]) -> bool:
    """A profile names its models and regions itself; only through it may they be asked."""
    profile = statement.get("Condition", {}).get("StringEquals", {}).get("bedrock:InferenceProfileArn", {})
    is_of_stack = profile.get("Fn::Sub", "").endswith("${AWS::AccountId}:inference-profile/${ReplyModel}")
    return bool(statement["Action"] == ["bedrock:InvokeModel"] and is_of_stack)


def is_an_execution_of_one_machine(statement: dict[str, Any]) -> bool:
    """An execution's name is not known before it is started; its machine's is."""
    machine = re.fullmatch(r"arn:.*:execution:(?P<name>.+):\*", statement["Resource"].get("Fn::Sub", ""))
    machines = resources_of("AWS::Serverless::StateMachine")
    names = {f"${{{logical_id}.Name}}" for logical_id in machines} | {
        properties["Name"]["Fn::Sub"] for properties in machines.values()
    }
    return statement["Action"] == ["states:DescribeExecution"] and machine is not None and machine["name"] in names


def is_an_object_of_one_bucket(statement: dict[str, Any]) -> bool:
    bucket = re.fullmatch(r"\$\{(\w+)\.Arn\}/\*", statement["Resource"].get("Fn::Sub", ""))
    return bucket is not None and bucket[1] in resources_of("AWS::S3::Bucket")


def test_a_state_machine_may_call_the_functions_of_its_tasks_and_do_nothing_else() -> None:
    """The local engine does not enforce the roles of state machines: only this sees one that could not run."""
    for logical_id, machine in definitions().items():
        called = {(("lambda:InvokeFunction",), function) for function in task_arguments({logical_id: machine})}
        allowed = {
            (tuple(statement["Action"]), statement["Resource"]["Fn::GetAtt"][0])
            for name, statement in statements()
            if name == logical_id
        }
        assert allowed == called, logical_id


def test_only_what_stands_behind_the_stream_and_the_sweep_start_executions() -> None:
    """Callers start nothing: a request that is repeated or lost after its write leaves the same executions."""
    starters = {name for name, statement in statements() if "states:StartExecution" in statement["Action"]}
    assert starters == {"dispatch_changes", "fan_out_events", "deliver_webhook", "mirror_highlevel", "sweep"}
    called = {name for name, statement in statements() if "lambda:InvokeFunction" in statement["Action"]}
    assert called - set(definitions()) == {"fan_out_events"}, "and only the stream has an endpoint drained"


COUNTERS_OF_KEYS = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["U#*"]}}


def test_reading_functions_write_nothing_but_the_counters_of_keys() -> None:
    for name, statement in statements():
        if name.startswith("read_") and statement.get("Condition") != COUNTERS_OF_KEYS:
            assert all(
                action.startswith(("dynamodb:Get", "dynamodb:BatchGet", "dynamodb:Query", "s3:GetObject"))
                for action in statement["Action"]
            )


def test_only_functions_that_push_and_the_one_that_pairs_read_the_firebase_settings() -> None:
    readers = {name for name, statement in statements() if "FirebaseParameter" in str(statement["Resource"])}
    assert readers == LOADED_ONLY_IN["firebase_admin"] | {"phone_callback"}
    pushing = {function.name for function in functions() if "PushLayer" in function.layers}
    assert pushing == LOADED_ONLY_IN["firebase_admin"]


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
    for function in (function for function in functions() if function.routes):
        assert function.properties.get("Timeout", LONGEST_REQUEST_SECONDS) <= LONGEST_REQUEST_SECONDS


def test_a_guided_deploy_asks_about_no_route() -> None:
    """SAM (samcli/commands/deploy/auth_utils.py) asks about each event whose API has no `Auth`; an empty answer is No,
    and ends the deploy."""
    [api] = resources_of("AWS::Serverless::HttpApi").values()
    assert api["Auth"] == {"EnableIamAuthorizer": False}, "any other would ask callers for more than their key"
    apis = {event["Properties"]["ApiId"]["Ref"] for function in functions() for event in http_events(function)}
    assert apis == {"RoostApi"}


def http_events(function: TemplateFunction) -> list[dict[str, Any]]:
    return [event for event in function.properties.get("Events", {}).values() if event["Type"] == "HttpApi"]


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
