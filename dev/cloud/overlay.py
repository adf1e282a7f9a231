"""What is changed in the translated template, in memory only, so that the engine can run it."""

import copy
import re
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from dev.cloud.http_api import expand_http_api
from dev.cloud.template_yaml import Template

API = "AWS::ApiGatewayV2::Api"
FUNCTION = "AWS::Lambda::Function"
ROLE = "AWS::IAM::Role"
MAPPING = "AWS::Lambda::EventSourceMapping"
SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9:]+)(?:\.[^}]*)?\}")
CUSTOM_RUNTIME = "provided.al2023"
# nested stacks hold alarms and dashboards; their templates are files that nobody has uploaded
NEVER_DEPLOYED = frozenset({"AWS::CloudFormation::Stack"})


@dataclass
class Overlaid:
    """The template for the engine, and what the launcher has to do itself."""

    template: Template
    cors: dict[str, dict[str, Any]] = field(default_factory=dict)
    """CORS configuration by logical id of the API."""
    stream_mappings: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Properties of the event source mappings on table streams, by logical id."""
    dropped: dict[str, str] = field(default_factory=dict)
    """Type by logical id of what the engine does not know."""


def overlay(translated: Template, known_types: Set[str], *, run_schedules: bool = True) -> Overlaid:
    """Apply every change; `translated` stays as it is.

    `run_schedules` False: schedules are deployed and never fire, for tests that call the functions themselves.
    """
    result = Overlaid(copy.deepcopy(translated))
    resources: dict[str, Any] = result.template["Resources"]
    for name, resource in list(resources.items()):
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind not in known_types or kind in NEVER_DEPLOYED:
            result.dropped[name] = resources.pop(name)["Type"]
        elif kind == API and "Body" in properties:
            made, cors = expand_http_api(name, resource)
            resources.update(made)
            if cors:
                result.cors[name] = cors
        elif kind == FUNCTION:
            _run_under_awslambdaric(properties)
        elif kind == ROLE:
            _widen_mail_statements(properties)
        elif kind == MAPPING and _reads_a_stream(properties):
            result.stream_mappings[name] = resources.pop(name)["Properties"]
        elif "ScheduleExpression" in properties and not run_schedules:
            properties["State"] = "DISABLED"
    _forget_missing(result.template)
    return result


def _run_under_awslambdaric(properties: dict[str, Any]) -> None:
    # the engine's own Python worker renames every exception and kills the warm process
    if str(properties.get("Runtime", "")).startswith("python"):
        properties["Runtime"] = CUSTOM_RUNTIME
        properties.pop("Layers", None)


def _widen_mail_statements(properties: dict[str, Any]) -> None:
    # the engine asks for a mail on resource * and without ses:FromAddress: a narrower statement would never hold
    for policy in properties.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "ses:FromAddress" in str(statement.get("Condition", "")):
                del statement["Condition"]
                statement["Resource"] = "*"


def _reads_a_stream(properties: dict[str, Any]) -> bool:
    source = properties.get("EventSourceArn")
    target = source.get("Fn::GetAtt") if isinstance(source, dict) else None
    return isinstance(target, list) and target[-1] == "StreamArn"


def _forget_missing(template: Template) -> None:
    """Remove DependsOn and outputs that name resources which are not in the template (any more)."""
    resources = template["Resources"]
    for resource in resources.values():
        if needed := resource.pop("DependsOn", None):
            resource["DependsOn"] = [name for name in _list(needed) if name in resources]
    known = {*resources, *template.get("Parameters", {})}
    outputs = {
        name: output
        for name, output in template.pop("Outputs", {}).items()
        if all(named in known or named.startswith("AWS::") for named in references(output))
    }
    if outputs:
        template["Outputs"] = outputs


def references(value: Any) -> set[str]:
    """Logical ids that a value names by Ref, GetAtt or Sub."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(references, value.values()))
    if isinstance(name := value.get("Ref"), str):
        found.add(name)
    if target := value.get("Fn::GetAtt"):
        found.add(target.split(".")[0] if isinstance(target, str) else target[0])
    if text := value.get("Fn::Sub"):
        found.update(SUBSTITUTED.findall(text if isinstance(text, str) else text[0]))
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
