"""template.yaml to a running stack: package, translate, overlay, create or update, check."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.cloud.artifacts import Artifacts
from dev.cloud.clients import Clients
from dev.cloud.http_api import route_key_of
from dev.cloud.options import Options
from dev.cloud.overlay import API, overlay
from dev.cloud.sources import FUNCTION, with_uploaded_sources
from dev.cloud.stack import DeployError, Stack, template_text
from dev.cloud.tables import enable_expiry, refuse_data_loss
from dev.cloud.template_yaml import Template, read_template
from dev.cloud.translate import translate


@dataclass(frozen=True)
class Deployed:
    """A stack that is up."""

    changed: bool
    """False when the stack already was as the template says."""
    outputs: dict[str, str]
    """Physical id by logical id of every resource."""
    api_id: str | None
    """Of the HTTP API, None when the template has none."""
    stream_mappings: dict[str, dict[str, Any]]
    """Event source mappings on table streams: the launcher's pollers serve them."""


def deploy(
    options: Options, clients: Clients, endpoint: str, known_types: Set[str], tell: Callable[[str], None]
) -> Deployed:
    """Deploy the template of the options; raises TemplateError or DeployError."""
    source = read_template(Path(options.template))
    artifacts = Artifacts(clients.of("s3"), endpoint, options.region)
    packaged = with_uploaded_sources(source, Path(options.template).parent, options.python, artifacts.upload_zip)
    # between two tests a schedule would move what the next one finds
    overlaid = overlay(translate(packaged, options.parameters), known_types, run_schedules=not options.ephemeral)
    for name, kind in overlaid.dropped.items():
        tell(f"not deployed, the local engine has no {kind}: {name}")
    text = template_text(overlaid.template)
    (Path(options.state) / "deployed-template.json").write_text(text, encoding="utf-8")

    stack, dynamodb = Stack(clients.of("cloudformation"), options.stack), clients.of("dynamodb")
    if not options.replace_tables:
        refuse_data_loss(overlaid.template, stack.resources(), dynamodb)
    changed = stack.deploy(artifacts.upload_template(text), options.parameters)
    resources = stack.resources()
    enable_expiry(overlaid.template, resources, dynamodb)
    gateway = clients.of("apigatewayv2")
    for name, cors in overlaid.cors.items():
        # CloudFormation's CORS configuration is lost in the engine: preflights would answer 403
        if name in resources:
            gateway.update_api(ApiId=resources[name]["id"], CorsConfiguration=cors)
    api_id = _api_id(resources)
    _check_routes(source, gateway, api_id)
    artifacts.remove_unused()
    return Deployed(
        changed=changed,
        outputs={name: resource["id"] for name, resource in resources.items()},
        api_id=api_id,
        stream_mappings=overlaid.stream_mappings,
    )


def expected_routes(template: Template) -> set[str]:
    """Route keys that the functions' HttpApi events of a SAM template ask for."""
    return {
        route_key_of(properties["Method"], properties["Path"]) if "Path" in properties else "$default"
        for resource in template["Resources"].values()
        if resource["Type"] == FUNCTION
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "HttpApi"
        for properties in [event.get("Properties", {})]
    }


def _api_id(resources: Mapping[str, Mapping[str, str]]) -> str | None:
    found = [resource["id"] for resource in resources.values() if resource["type"] == API]
    if len(found) > 1:
        raise DeployError(f"the template has {len(found)} HTTP APIs; the front door serves one")
    return found[0] if found else None


def _check_routes(source: Template, gateway: Any, api_id: str | None) -> None:
    expected = expected_routes(source)
    live: set[str] = set()
    if api_id:
        for page in gateway.get_paginator("get_routes").paginate(ApiId=api_id):
            live.update(route["RouteKey"] for route in page["Items"])
    if live != expected:
        raise DeployError(
            "the engine's routes are not the template's: "
            f"missing {sorted(expected - live)}, unexpected {sorted(live - expected)}"
        )
