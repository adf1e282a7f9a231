"""What the contract tests read: the template, its functions, our source files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from dev.artifacts.template_functions import TemplateFunction, template_functions
from dev.cloud.template_yaml import Template, read_template

ROOT = Path(__file__).parents[2]
CODE = ("functions", "shared", "dev", "owner", "layers", "benchmarks")


@cache
def template() -> Template:
    return read_template(ROOT / "template.yaml")


@cache
def functions() -> list[TemplateFunction]:
    return template_functions(template())


def function_names() -> list[str]:
    return [function.name for function in functions()]


def http_function_names() -> list[str]:
    return [function.name for function in functions() if function.routes]


def resources_of(kind: str) -> dict[str, Any]:
    """Logical id -> properties of every resource of a type."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


def environment() -> dict[str, Any]:
    """What Globals gives every function, unresolved."""
    variables: dict[str, Any] = template()["Globals"]["Function"]["Environment"]["Variables"]
    return variables


def code_files() -> Iterator[Path]:
    """Our Python outside tests."""
    for folder in CODE:
        yield from sorted((ROOT / folder).rglob("*.py"))


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def shown(file: Path) -> str:
    return str(file.relative_to(ROOT))
