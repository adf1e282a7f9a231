"""Folders, template, routes, settings and events say the same."""

from __future__ import annotations

import ast
import importlib
import json
import re

import pytest
from fastapi.routing import iter_route_contexts

from dev.artifacts.template_functions import DEFAULT_ROUTE
from roost.runtime.settings import Settings
from tests.contract.repository import ROOT, environment, function_names, functions, parsed, resources_of
from tests.contract.state_machines import definitions, task_arguments


def test_each_function_folder_has_its_resource_and_the_reverse() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == set(function_names())


def test_a_function_lies_in_its_own_folder_and_is_named_after_it() -> None:
    for function in functions():
        assert function.folder == f"functions/{function.name}"
        words = "".join(word.capitalize() for word in function.name.split("_"))
        assert function.logical_id == f"{words}Function"


def test_a_function_carries_no_requirements_of_its_own() -> None:
    assert not list((ROOT / "functions").rglob("requirements*.txt")), (
        "sam build would then need Docker or the exact Python"
    )


@pytest.mark.parametrize("name", function_names())
def test_a_function_serves_exactly_the_routes_the_template_gives_it(name: str) -> None:
    module = importlib.import_module(f"functions.{name}.app")
    [function] = [function for function in functions() if function.name == name]
    assert callable(module.handler)
    assert hasattr(module, "app") == bool(function.routes), "a function with routes exposes its FastAPI app as `app`"
    if function.routes:
        assert routes_of(module.app) == function.routes - {DEFAULT_ROUTE}


def test_what_no_request_calls_is_marked_so_that_its_lines_have_an_id_and_its_crashes_count() -> None:
    """A request's lines have its id by its dialect; nothing else would give one to these."""
    for function in functions():
        nodes = parsed(ROOT / function.folder / "app.py").body
        defined = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        marked = {ast.unparse(mark) for node in defined if node.name == "handler" for mark in node.decorator_list}
        assert marked == (set() if function.routes else {"background"}), function.name


def routes_of(app: object) -> set[str]:
    """ "METHOD /path" of each route; a catch-all `{path:path}` is how code spells `$default`."""
    return {
        f"{method} {context.path}"
        for context in iter_route_contexts(app.routes)  # type: ignore[attr-defined]
        for method in context.methods or ()
        if not re.search(r"\{\w+:path\}", context.path or "")
    }


def test_no_route_is_given_to_two_functions() -> None:
    routes = [route for function in functions() for route in function.routes]
    assert len(routes) == len(set(routes))


def test_settings_are_what_globals_sets() -> None:
    ours = {name for name in environment() if not name.startswith("POWERTOOLS_")}
    assert ours == {field.upper() for field in Settings.model_fields}


def test_each_table_setting_is_a_table_of_the_template() -> None:
    tables = resources_of("AWS::DynamoDB::Table")
    for name, value in environment().items():
        if name.endswith("_TABLE"):
            assert value["Ref"] in tables, name


def test_each_machine_setting_is_the_arn_of_a_machine_of_the_template() -> None:
    """Spelled from its name: a reference from every function would close a circle."""
    names = {machine["Name"]["Fn::Sub"] for machine in resources_of("AWS::Serverless::StateMachine").values()}
    arns = {value["Fn::Sub"] for name, value in environment().items() if name.endswith("_MACHINE")}
    assert arns == {
        f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{name}" for name in names
    }


def test_each_function_has_its_event_and_no_event_is_left_over() -> None:
    assert {path.stem for path in (ROOT / "events").glob("*.json")} == set(function_names())


@pytest.mark.parametrize("name", function_names())
def test_an_http_event_is_for_a_route_of_its_function(name: str) -> None:
    event = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
    [function] = [function for function in functions() if function.name == name]
    if function.routes:
        assert event["version"] == "2.0"
        assert event["routeKey"] in function.routes
    elif arguments := task_arguments(definitions()).get(function.logical_id):
        assert event.keys() == arguments
    else:
        assert event.get("Records") or event["detail-type"] == "Scheduled Event"
