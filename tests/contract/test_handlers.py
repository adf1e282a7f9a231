"""Every handler imports with an empty environment, runs on its event, and lets nobody in without a key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from dev.artifacts.artifact_check import LOADED_ONLY_IN
from dev.artifacts.template_functions import DEFAULT_ROUTE
from roost.web.public_routes import PUBLIC_ROUTES
from tests.contract.fake_aws import API_KEY, fake_aws
from tests.contract.invocation import an_http_event, answers_of, body_of
from tests.contract.repository import ROOT, function_names, functions, http_function_names

NO_CLIENT = """
import importlib, sys
import botocore.session
def refuse(*_, **__): raise AssertionError("a client was opened at import")
botocore.session.Session.create_client = refuse
importlib.import_module("functions.{name}.app").handler
print("firebase_admin" in sys.modules)
"""

WITHOUT_A_KEY: dict[str, dict[str, str]] = {
    "no header": {},
    "garbage": {"authorization": "Bearer nonsense"},
    "another scheme": {"authorization": "Basic dXNlcjpwYXNz"},
    "a header of garbage": {"x-api-key": "nonsense"},
    "a key with a typo": {"authorization": f"Bearer {API_KEY[:-1]}t"},
}

ANSWERS_WITHOUT_HTTP: dict[str, dict[str, Any] | None] = {
    "classify_reply": {"batchItemFailures": []},
    "deliver_webhook": {"done": True},
    "dispatch_changes": {"batchItemFailures": []},
    "fan_out_events": {"deliveries": 0},
    "mirror_highlevel": {"done": True},
    "recover_phone": {"done": True},
    "import_contacts": {"done": True},
    "run_campaign": {"done": True},
    "release_scheduled": {"released": 0, "more": False},
    "sweep": None,
    "take_readings": None,
}
"""What the stream, a state machine and the schedule get for the event where AWS holds nothing."""


def guarded_routes(name: str) -> list[str]:
    [function] = [function for function in functions() if function.name == name]
    return sorted(function.routes - PUBLIC_ROUTES - {DEFAULT_ROUTE})


@pytest.mark.parametrize("name", function_names())
def test_a_handler_imports_with_an_empty_environment_and_opens_no_client(name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", NO_CLIENT.format(name=name)],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT / "shared")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    pushes = name in LOADED_ONLY_IN["firebase_admin"]
    assert run.stdout.strip() == str(pushes), "only the functions that push pay for firebase_admin"


@pytest.mark.parametrize("name", function_names())
def test_a_function_runs_on_its_event(name: str) -> None:
    event = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
    with fake_aws() as aws:
        [answer] = answers_of(name, [event], aws.endpoint)
    if name in ANSWERS_WITHOUT_HTTP:
        expected = ANSWERS_WITHOUT_HTTP[name]
        assert answer == expected if expected is None else answer.items() >= expected.items()
        return
    assert answer["statusCode"] < 500, body_of(answer)
    if "authorization" in event["headers"]:
        assert aws.calls, "the key or token of the event is well formed, so it is looked up"
        assert (answer["statusCode"] == 401) == (name == "phone_callback"), "AWS knows the key and no phone"
    else:
        assert answer["statusCode"] == (303 if name == "reach_people" else 200), "each of its pages wants a sign-in"


@pytest.mark.parametrize("name", [name for name in http_function_names() if guarded_routes(name)])
def test_a_route_lets_nobody_in_who_has_no_key_before_it_asks_aws_anything(name: str) -> None:
    asked = [(route, case) for route in guarded_routes(name) for case in WITHOUT_A_KEY]
    events = [an_http_event(route, WITHOUT_A_KEY[case]) for route, case in asked]
    with fake_aws() as aws:
        answers = answers_of(name, events, aws.endpoint)
    let_in = [
        (*case, answer["statusCode"])
        for case, answer in zip(asked, answers, strict=True)
        if not is_unauthenticated(case[0], answer)
    ]
    assert not let_in
    assert aws.calls == []


def is_unauthenticated(route: str, answer: dict[str, Any]) -> bool:
    """Pages lead people to sign in. SMS8's clients read errors at HTTP 200 only, so there the body says it."""
    if route.partition(" ")[2].startswith("/app") or route in ("POST /logout", "POST /login/token"):
        return bool((answer["statusCode"], answer["headers"]["location"]) == (303, "/login"))
    if not route.endswith(".php"):
        return bool(answer["statusCode"] == 401)
    error = json.loads(body_of(answer))["error"]
    return error in ({"code": 401, "message": "Invalid API key"}, "Invalid API key")


def test_only_routes_of_the_template_are_public() -> None:
    assert {route for function in functions() for route in function.routes} >= PUBLIC_ROUTES


def test_an_unknown_path_is_a_json_404() -> None:
    [function] = [function for function in functions() if DEFAULT_ROUTE in function.routes]
    event = an_http_event("GET /wp-login.php") | {"routeKey": DEFAULT_ROUTE}
    with fake_aws() as aws:
        [answer] = answers_of(function.name, [event], aws.endpoint)
    assert answer["statusCode"] == 404
    assert "json" in answer["headers"]["content-type"]
    json.loads(body_of(answer))
