"""How the local cloud runs a handler, seen from inside it and from its log."""

import json
from pathlib import Path

import pytest

from dev.cloud_process import CloudProcess
from tests.dev.cloud.conftest import client, fetch


def test_a_handler_sees_its_layer_its_parameter_and_lambdas_variables(cloud: CloudProcess) -> None:
    seen = fetch(f"{cloud.front}/items/1").json
    environment = seen["environment"]
    assert seen["word"] == "first"
    assert environment["GREETING"] == "good day"
    assert environment["ITEMS_TABLE"] == cloud.outputs["ItemsTable"]
    assert environment["AWS_ENDPOINT_URL"] == cloud.endpoint
    assert environment["AWS_REGION"] == cloud.region
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert environment["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert environment["TZ"] == ":UTC"
    assert seen["group"] == f"/aws/lambda/{cloud.outputs['EchoFunction']}"


def test_what_a_handler_prints_is_in_the_log_behind_its_functions_name(cloud: CloudProcess, logs: Path) -> None:
    fetch(f"{cloud.front}/items/find-this-line")
    assert f"{cloud.outputs['EchoFunction']} echo serves /items/find-this-line\n" in logs.read_text(encoding="utf-8")


def test_the_traceback_of_a_handler_is_in_the_log(cloud: CloudProcess, logs: Path) -> None:
    answer = client(cloud, "lambda").invoke(
        FunctionName=cloud.outputs["EchoFunction"], Payload=json.dumps({"rawPath": "/boom"})
    )
    error = json.load(answer["Payload"])
    assert (answer["FunctionError"], error["errorType"]) == ("Unhandled", "LookupError")
    text = logs.read_text(encoding="utf-8")
    assert "nothing there" in text
    assert "in handler" in text


def test_a_handler_that_raised_is_asked_again_without_a_new_start(cloud: CloudProcess) -> None:
    api = client(cloud, "lambda")
    runtime = set()
    for path in ("/before", "/boom", "/after"):
        answer = api.invoke(FunctionName=cloud.outputs["EchoFunction"], Payload=json.dumps({"rawPath": path}))
        body = json.load(answer["Payload"])
        if "body" in body:
            runtime.add(json.loads(body["body"])["environment"]["AWS_LAMBDA_RUNTIME_API"])
    assert len(runtime) == 1


def test_a_table_expires_items_by_the_templates_attribute(cloud: CloudProcess) -> None:
    described = client(cloud, "dynamodb").describe_time_to_live(TableName=cloud.outputs["ItemsTable"])
    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_the_outputs_name_every_deployed_resource(cloud: CloudProcess) -> None:
    assert cloud.outputs["ItemsTable"].startswith("roost-ItemsTable-")
    assert "MonthlyBudget" not in cloud.outputs


def test_a_function_may_do_what_its_policy_says_and_nothing_else(cloud: CloudProcess) -> None:
    assert _code(cloud, "WritingFunction") == "written"
    assert _code(cloud, "ReadingFunction") == "AccessDeniedException"


def test_the_developers_environment_does_not_reach_a_handler(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "company")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "company-token")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setenv("DEPLOY_SECRET", "hush")
    with CloudProcess.start(tmp_path / "state", ephemeral=True, auth=False, template=project) as running:
        environment = fetch(f"{running.front}/items/1").json["environment"]
    assert not {"AWS_PROFILE", "HTTPS_PROXY", "DEPLOY_SECRET"} & environment.keys()
    assert "company-token" not in environment.values()


def _code(cloud: CloudProcess, function: str) -> str:
    answer = client(cloud, "lambda").invoke(FunctionName=cloud.outputs[function], Payload=b"{}")
    code: str = json.load(answer["Payload"])["code"]
    return code
