"""The functions and layers of template.yaml, as the build checks and the contract tests read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.cloud.template_yaml import Template

FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"
DEFAULT_ROUTE = "$default"


@dataclass(frozen=True)
class TemplateFunction:
    """`folder`: CodeUri as written, without its last slash. `layers`: logical ids, in AWS's order.

    `routes`: "METHOD /path" of its HTTP events, `$default` included.
    """

    logical_id: str
    folder: str
    layers: tuple[str, ...]
    routes: frozenset[str]
    properties: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`send_message`: the folder's last part."""
        return Path(self.folder).name


def template_functions(template: Template) -> list[TemplateFunction]:
    """Every function of a SAM template, with the layers that Globals gives to all."""
    shared = template.get("Globals", {}).get("Function", {})
    return [
        _function(logical_id, resource.get("Properties", {}), shared)
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == FUNCTION
    ]


def layer_folders(template: Template) -> dict[str, str]:
    """Logical id of each layer -> the folder whose Makefile builds it."""
    return {
        logical_id: resource["Properties"]["ContentUri"].rstrip("/")
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == LAYER
    }


def _function(logical_id: str, properties: dict[str, Any], shared: dict[str, Any]) -> TemplateFunction:
    layers = [*shared.get("Layers", []), *properties.get("Layers", [])]
    return TemplateFunction(
        logical_id=logical_id,
        folder=properties["CodeUri"].rstrip("/"),
        layers=tuple(layer["Ref"] for layer in layers),
        routes=frozenset(
            _route(event) for event in properties.get("Events", {}).values() if event["Type"] == "HttpApi"
        ),
        properties=properties,
    )


def _route(event: dict[str, Any]) -> str:
    properties = event["Properties"]
    if "Path" not in properties:
        return DEFAULT_ROUTE
    return f"{properties['Method'].upper()} {properties['Path']}"
