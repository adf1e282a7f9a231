"""The committed OpenAPI document is the one the routes make, and it is valid."""

from __future__ import annotations

import json

from openapi_spec_validator import validate

from dev.artifacts.template_functions import DEFAULT_ROUTE
from dev.openapi import DOCUMENT, document
from tests.contract.repository import functions

DOCS = {"GET /v1/docs", "GET /v1/docs/{asset}", "GET /v1/openapi.json"}
"""Pages about the API, not part of it."""

NO_STREAMS = {f"{method} {path}" for method in ("GET", "DELETE", "OPTIONS") for path in ("/mcp", "/api/mcp", "/")}
"""What MCP's clients try and browsers ask beside the POST that is documented."""

PUBLIC_PAGES = {
    "GET /", "GET /docs", "GET /docs/{page}", "GET /sms-otp-verification-api",
    "GET /es", "GET /es/docs", "GET /es/docs/{page}", "GET /es/sms-otp-verification-api",
}  # fmt: skip
"""Served beside them."""

PAGES = ("dashboard", "download_app", "reach_people", "sign_in", "sync_highlevel")
"""Functions that people look at: no program of a customer calls them."""


def documented_routes() -> set[str]:
    return {f"{method.upper()} {path}" for path, operations in document()["paths"].items() for method in operations}


def test_the_committed_document_is_up_to_date() -> None:
    committed = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(document())), "run `make openapi` and commit the result"


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    validate(document())


def test_the_document_shows_every_route_and_no_other() -> None:
    called = [function for function in functions() if function.name not in PAGES]
    routes = {route for function in called for route in function.routes} - {DEFAULT_ROUTE}
    assert documented_routes() == routes - DOCS - NO_STREAMS - PUBLIC_PAGES
