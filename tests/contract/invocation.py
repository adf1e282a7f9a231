"""Runs a handler as Lambda would: a fresh process, only the template's environment, AWS's context and events.

As a program (`python -m tests.contract.invocation <function> <events.json> <answers.json>`) it is that process.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.contract.repository import ROOT, environment, template

HOST = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"


def answers_of(name: str, events: list[dict[str, Any]], endpoint: str) -> list[dict[str, Any]]:
    """What the function answers to each event, in order, in one warm environment. AssertionError if it crashes."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "events.json", Path(folder) / "answers.json"
        asked.write_text(json.dumps(events), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "tests.contract.invocation", name, str(asked), str(answered)],
            cwd=ROOT,
            env=lambda_environment(endpoint),
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"{name} raised:\n{run.stderr}"
        answers: list[dict[str, Any]] = json.loads(answered.read_text(encoding="utf-8"))
    return answers


def body_of(answer: dict[str, Any]) -> str:
    """The text the caller gets; API Gateway undoes the base64."""
    body: str = answer["body"]
    return base64.b64decode(body).decode() if answer["isBase64Encoded"] else body


def lambda_environment(endpoint: str) -> dict[str, str]:
    """The template's variables, each parameter at its default and each resource under its logical id, and what Lambda
    adds."""
    ours = {name: _resolved(value) for name, value in environment().items()}
    return {
        **ours,
        "FIREBASE_PARAMETER": "",
        "HIGHLEVEL_PARAMETER": "",
        "SMS8_STRICT_HTTP": "0",
        "AGENT_SENDS_PER_HOUR": "30",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PYTHONPATH": str(ROOT / "shared"),
        "PATH": os.environ.get("PATH", ""),
    }


def _resolved(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "Ref" in value:
        return str(template()["Parameters"].get(value["Ref"], {}).get("Default", value["Ref"]))
    return re.sub(r"\$\{AWS::(\w+)\}", r"\1", value["Fn::Sub"])


def an_http_event(route: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """API Gateway's event (payload 2.0) for a route of the template, "METHOD /path"; path parameters are filled in."""
    method, path = route.split(" ")
    parameters = dict.fromkeys(re.findall(r"\{(\w+)\}", path), "1")
    raw_path = re.sub(r"\{\w+\}", "1", path)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": raw_path,
        "rawQueryString": "",
        "headers": {"host": HOST, "content-type": "application/json", "x-forwarded-proto": "https", **(headers or {})},
        "pathParameters": parameters,
        "requestContext": {
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "",
            },
            "domainName": HOST,
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route,
            "stage": "$default",
        },
        "body": "{}",
        "isBase64Encoded": False,
    }


def _main(name: str, asked: Path, answered: Path) -> None:
    handler = importlib.import_module(f"functions.{name}.app").handler
    context = SimpleNamespace(
        function_name=name,
        function_version="$LATEST",
        memory_limit_in_mb=256,
        invoked_function_arn=f"arn:aws:lambda:eu-west-1:123456789012:function:{name}",
        aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        get_remaining_time_in_millis=lambda: 29_000,
    )
    answers = [handler(event, context) for event in json.loads(asked.read_text(encoding="utf-8"))]
    answered.write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
