"""What is changed in the translated template for the engine."""

from typing import Any

from dev.cloud.http_api import route_key_of
from dev.cloud.overlay import overlay, references

KNOWN = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::CloudFormation::Stack",
        "AWS::DynamoDB::Table",
        "AWS::Events::Rule",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::SQS::Queue",
        "AWS::Scheduler::Schedule",
    }
)


def _operation(function: str, **more: Any) -> dict[str, Any]:
    integration = {
        "httpMethod": "POST",
        "type": "aws_proxy",
        "uri": {"Fn::Sub": function},
        "payloadFormatVersion": "2.0",
    }
    return {"x-amazon-apigateway-integration": integration, "responses": {}, **more}


def _api(paths: dict[str, Any], **body: Any) -> dict[str, Any]:
    document = {"openapi": "3.0.1", "info": {"title": "A name"}, "paths": paths, **body}
    return {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": document, "FailOnWarnings": True}}


def _mapping(attribute: str) -> dict[str, Any]:
    source = {"Fn::GetAtt": ["Source", attribute]}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": source, "BatchSize": 1}}


def _overlaid(resources: dict[str, Any], **template: Any) -> Any:
    return overlay({"Resources": resources, **template}, KNOWN)


def test_every_operation_of_a_body_becomes_a_route_and_equal_integrations_are_one() -> None:
    paths = {
        "/a": {"get": _operation("One"), "post": _operation("One")},
        "/$default": {"x-amazon-apigateway-any-method": _operation("Two")},
    }
    resources = _overlaid({"Api": _api(paths)}).template["Resources"]
    assert resources["Api"]["Properties"] == {"ProtocolType": "HTTP", "Name": "A name"}
    routes = [entry["Properties"] for entry in resources.values() if entry["Type"].endswith("Route")]
    integrations = [entry["Properties"] for entry in resources.values() if entry["Type"].endswith("Integration")]
    assert sorted(route["RouteKey"] for route in routes) == ["$default", "GET /a", "POST /a"]
    assert sorted(entry["IntegrationUri"]["Fn::Sub"] for entry in integrations) == ["One", "Two"]
    assert {entry["IntegrationType"] for entry in integrations} == {"AWS_PROXY"}


def test_a_new_route_leaves_the_names_of_the_others() -> None:
    before = _overlaid({"Api": _api({"/a": {"get": _operation("One")}})}).template["Resources"]
    after = _overlaid({"Api": _api({"/b": {"get": _operation("One")}, "/a": {"get": _operation("One")}})}).template
    assert before.keys() < after["Resources"].keys()


def test_an_authorizer_of_the_body_guards_the_routes_that_name_it() -> None:
    scheme = {
        "type": "apiKey",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "identitySource": ["$request.header.X-Key"],
            "authorizerUri": "uri",
            "authorizerPayloadFormatVersion": "2.0",
            "enableSimpleResponses": True,
        },
    }
    paths = {"/a": {"get": _operation("One", security=[{"Token": []}])}, "/b": {"get": _operation("One")}}
    resources = _overlaid({"Api": _api(paths, components={"securitySchemes": {"Token": scheme}})}).template["Resources"]
    (name,) = [name for name, entry in resources.items() if entry["Type"].endswith("Authorizer")]
    assert resources[name]["Properties"]["IdentitySource"] == ["$request.header.X-Key"]
    routes = {
        entry["Properties"]["RouteKey"]: entry["Properties"] for entry in resources.values() if "Route" in entry["Type"]
    }
    assert routes["GET /a"]["AuthorizerId"] == {"Ref": name}
    assert "AuthorizerId" not in routes["GET /b"]


def test_cors_settings_are_kept_for_the_call_after_the_deploy() -> None:
    cors = {"allowOrigins": ["https://example.org"], "maxAge": 60}
    result = _overlaid({"Api": _api({}, **{"x-amazon-apigateway-cors": cors})})
    assert result.cors == {"Api": {"AllowOrigins": ["https://example.org"], "MaxAge": 60}}


def test_a_python_function_runs_under_a_runtime_of_ours_and_others_are_left_alone() -> None:
    resources = _overlaid(
        {
            "Python": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13", "Layers": ["x"]}},
            "Node": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Layers": ["x"]}},
        }
    ).template["Resources"]
    assert resources["Python"]["Properties"] == {"Runtime": "provided.al2023"}
    assert resources["Node"]["Properties"] == {"Runtime": "nodejs22.x", "Layers": ["x"]}


def test_stream_mappings_are_taken_out_and_queue_mappings_stay() -> None:
    result = _overlaid({"Stream": _mapping("StreamArn"), "Queue": _mapping("Arn")})
    assert result.stream_mappings["Stream"]["BatchSize"] == 1
    assert list(result.template["Resources"]) == ["Queue"]


def test_unknown_types_and_nested_stacks_are_dropped_with_what_names_them() -> None:
    result = _overlaid(
        {
            "Budget": {"Type": "AWS::Budgets::Budget"},
            "Alarms": {"Type": "AWS::CloudFormation::Stack"},
            "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Budget", "Table"]},
            "Table": {"Type": "AWS::DynamoDB::Table", "DependsOn": "Alarms"},
        },
        Parameters={"Stage": {"Type": "String"}},
        Outputs={
            "Gone": {"Value": {"Fn::Sub": "x-${Alarms.Outputs.Url}"}},
            "Layer": {"Value": {"Ref": "SomeLayer"}},
            "Kept": {"Value": {"Fn::Sub": "${AWS::Region}-${Stage}-${Queue.Arn}"}},
        },
    )
    assert result.dropped == {"Budget": "AWS::Budgets::Budget", "Alarms": "AWS::CloudFormation::Stack"}
    assert result.template["Resources"]["Queue"]["DependsOn"] == ["Table"]
    assert result.template["Resources"]["Table"]["DependsOn"] == []
    assert list(result.template["Outputs"]) == ["Kept"]


def test_the_given_template_is_not_changed() -> None:
    resources = {"Api": _api({"/a": {"get": _operation("One")}})}
    _overlaid(resources)
    assert "Body" in resources["Api"]["Properties"]


def test_references_are_found_wherever_they_are() -> None:
    value = {
        "a": [{"Ref": "One"}, {"Fn::GetAtt": ["Two", "Arn"]}],
        "b": {"Fn::Join": ["", [{"Fn::Sub": "${Three}/${!x}"}]]},
    }
    assert references(value) == {"One", "Two", "Three"}


def test_route_keys_are_named_as_api_gateway_names_them() -> None:
    assert route_key_of("get", "/a/{b}") == "GET /a/{b}"
    assert route_key_of("x-amazon-apigateway-any-method", "/a") == "ANY /a"
    assert route_key_of("any", "/$default") == "$default"


def test_a_schedule_fires_only_where_it_is_wanted() -> None:
    resources = {
        "EveryMinute": {"Type": "AWS::Scheduler::Schedule", "Properties": {"ScheduleExpression": "rate(1 minute)"}},
        "EveryHour": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 hour)"}},
        "OnFailure": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["aws.states"]}}},
    }
    quiet = overlay({"Resources": resources}, KNOWN, run_schedules=False).template["Resources"]
    assert {name: entry["Properties"].get("State") for name, entry in quiet.items()} == {
        "EveryMinute": "DISABLED",
        "EveryHour": "DISABLED",
        "OnFailure": None,
    }
    assert _overlaid(resources).template["Resources"] == resources
