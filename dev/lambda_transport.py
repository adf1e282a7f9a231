"""An HTTP client's requests answered by the real Lambda handlers in this process, as API Gateway would call them."""

from __future__ import annotations

import base64
import importlib
import re
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from dev.artifacts.template_functions import DEFAULT_ROUTE, template_functions
from dev.cloud.template_yaml import read_template

PROJECT = Path(__file__).resolve().parents[1]

Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]


@cache
def routes() -> list[tuple[str, str, re.Pattern[str], str]]:
    """(method, route path, pattern of the path, function) of the template, the most literal first."""
    found = []
    for function in template_functions(read_template(PROJECT / "template.yaml")):
        for method, path in (route.split(" ") for route in function.routes - {DEFAULT_ROUTE}):
            found.append((method, path, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), function.name))
    return sorted(found, key=lambda route: route[1].count("{"))


def invoke(function: str, event: dict[str, Any]) -> Any:
    """The handler's answer, under the name by which the template calls the function."""
    handler = importlib.import_module(f"functions.{function}.app").handler
    return handler(event, SimpleNamespace(aws_request_id=str(uuid.uuid4()), function_name=function))


class LambdaTransport(httpx.BaseTransport):
    """Finds the function by the template's routes; everything else is the default route's."""

    def __init__(self, invoke: Invoke = invoke) -> None:
        self._invoke = invoke

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for method, path, pattern, name in routes():
            match = pattern.fullmatch(request.url.path)
            if method == request.method and match:
                return self._respond(name, gateway_event(request, f"{method} {path}", match.groupdict()))
        return self._respond("read_docs", gateway_event(request, "$default", {}))

    def _respond(self, function: str, event: dict[str, Any]) -> httpx.Response:
        answer = self._invoke(function, event)
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = [
            *answer.get("headers", {}).items(),
            *(("set-cookie", cookie) for cookie in answer.get("cookies", ())),
        ]
        return httpx.Response(answer["statusCode"], headers=headers, content=content)


def gateway_event(request: httpx.Request, route_key: str, path_parameters: dict[str, str]) -> dict[str, Any]:
    """A request as an HTTP API event, payload format 2.0."""
    content = request.read()
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = headers.pop("cookie", "")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.url.path,
        "rawQueryString": request.url.query.decode(),
        "headers": {**headers, "x-forwarded-proto": request.url.scheme},
        "pathParameters": path_parameters,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "test",
            "domainName": request.url.host,
            "http": {
                "method": request.method,
                "path": request.url.path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex,
            "routeKey": route_key,
            "stage": "$default",
            "timeEpoch": 1_800_000_000_000,
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies.split("; ")
    if request.url.query:
        event["queryStringParameters"] = dict(request.url.params)
    if content:
        event["body"] = base64.b64encode(content).decode()
        event["isBase64Encoded"] = True
    return event
