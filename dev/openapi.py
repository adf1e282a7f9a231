"""`make openapi`: one OpenAPI document of all functions' routes, written where `read_docs` serves it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from dev.openapi_webhooks import webhook_schemas, webhooks
from roost.dialects.eightms.router import Problem

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "shared/roost/web/openapi.json"

DESCRIPTION = """Your own Android phones as an SMS API, in your own AWS account.

`/v1` is Roost's own API. `/messages/send` speaks smsdora's, `/api/v1` SMS for AI's, `/services/*.php` SMS8's.
`/mcp` and `/api/mcp` are for AI assistants (Model Context Protocol). `/phone/v1` is what paired phones call."""

TAGS = (
    "Messages",
    "Conversations",
    "Phones",
    "Webhooks",
    "API keys",
    "Account",
    "smsdora",
    "SMS for AI",
    "SMS8",
    "MCP",
    "Phone protocol",
)
"""The order of the reference page: what a newcomer needs comes first."""


def all_routes() -> list[APIRoute]:
    """Every route of every HTTP function, in the order of the functions' names."""
    modules = [importlib.import_module(f"functions.{path.parent.name}.app") for path in function_files()]
    apps: list[FastAPI] = [module.app for module in modules if hasattr(module, "app")]
    return [route for app in apps for route in app.routes if isinstance(route, APIRoute)]


def function_files() -> list[Path]:
    return sorted((ROOT / "functions").glob("*/app.py"))


def document() -> dict[str, Any]:
    routes = all_routes()
    result = get_openapi(
        title="Roost",
        version="1",
        summary="SMS through your own phones",
        description=DESCRIPTION,
        routes=routes,
        tags=[{"name": name} for name in TAGS],
    )
    result["webhooks"] = webhooks()
    schemas = result["components"]["schemas"]
    schemas.update(webhook_schemas())
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for path in result["paths"].values():
        for operation in path.values():
            _forget_validation_error(operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return result


def _forget_validation_error(operation: dict[str, Any]) -> None:
    """FastAPI's own 422 is never answered: each dialect has its own shape."""
    responses = operation["responses"]
    schema = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").endswith("HTTPValidationError"):
        del responses["422"]["content"]["application/json"]
        if not responses["422"]["content"]:
            del responses["422"]


def main() -> None:
    DOCUMENT.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n")
    print(f"Written: {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
