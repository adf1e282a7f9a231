"""Which part of our code may import which, read from the syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping

INWARD = ("functions", "dialects", "web", "usecases", "storage", "outbound", "domain")
"""Each part may import itself and what stands right of it; storage and outbound do not know each other."""

MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "functions": frozenset({"dialects", "web", "usecases", "storage", "outbound", "domain", "runtime"}),
    "dialects": frozenset({"web", "usecases", "storage", "outbound", "domain"}),
    "web": frozenset({"usecases", "storage", "outbound", "domain", "runtime"}),
    "usecases": frozenset({"storage", "outbound", "domain", "runtime"}),
    "storage": frozenset({"domain"}),
    "outbound": frozenset({"domain"}),
    "runtime": frozenset({"storage", "outbound", "domain"}),
    "domain": frozenset(),
}

ONLY_IN: Mapping[str, frozenset[str]] = {
    "fastapi": frozenset({"web", "dialects", "functions"}),
    "starlette": frozenset({"web", "dialects", "functions"}),
    "mangum": frozenset({"web"}),
    "mcp": frozenset({"web"}),
    "mcp_types": frozenset({"web"}),
    "boto3": frozenset({"storage", "runtime"}),
    "botocore": frozenset({"storage", "outbound", "runtime", "web"}),
    "jinja2": frozenset({"dialects"}),
    "segno": frozenset({"dialects"}),
    "authlib": frozenset({"outbound"}),
    "joserfc": frozenset({"outbound"}),
    "firebase_admin": frozenset({"outbound"}),
    "requests": frozenset({"outbound"}),
    "cryptography": frozenset({"outbound"}),
    "httpx": frozenset({"outbound", "runtime"}),
}
"""Third-party packages that belong to some parts only."""

PURE = frozenset(sys.stdlib_module_names) | {"pydantic"}
"""All that the domain may import."""


def forbidden_imports(part: str, module: ast.Module) -> Iterator[str]:
    """Every import in `module`, a file of `part`, that the rule does not allow; imports for type checking count too."""
    for name in _imported(module):
        package, *rest = name.split(".")
        if package in ("functions", "tests", "dev", "owner"):
            yield name
        elif package == "roost":
            if rest and rest[0] != part and rest[0] not in MAY_IMPORT[part]:
                yield name
        elif _is_foreign(part, package):
            yield name


def _is_foreign(part: str, package: str) -> bool:
    if part == "domain":
        return package not in PURE
    return package in ONLY_IN and part not in ONLY_IN[package]


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "imports are absolute"
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
