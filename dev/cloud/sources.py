"""The template with its local folders replaced: code as uploaded zips, layers as folders on PYTHONPATH."""

import copy
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dev.cloud.packaging import bootstrap_script, folder_hash, package_zip
from dev.cloud.template_yaml import Template, TemplateError

FUNCTION = "AWS::Serverless::Function"
STATE_MACHINE = "AWS::Serverless::StateMachine"
LAYERS = frozenset({"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"})

Upload = Callable[[bytes], dict[str, str]]
"""Stores a zip and returns where it lies, as `{"Bucket", "Key"}`."""


def with_uploaded_sources(template: Template, folder: Path, python: str, upload: Upload) -> Template:
    """Copy of a SAM template that names no local folder any more.

    `folder` is where the template lies, `python` the interpreter of the handlers.
    Every function gets a zip of its own: the bootstrap in it depends on the function's layers.
    """
    prepared = copy.deepcopy(template)
    shared: dict[str, Any] = prepared.get("Globals", {}).get("Function", {})
    layers = _layer_folders(prepared["Resources"], folder)
    hash_once = cache(folder_hash)  # of this deploy: before the next one a file may change
    for name, resource in prepared["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == FUNCTION:
            used = [*shared.get("Layers", []), *properties.pop("Layers", [])]
            folders = tuple(_layer_folder(name, reference, layers) for reference in used)
            script = bootstrap_script(python, folders, _lambda_variables(shared, properties), hash_once(folders))
            code = _code_folder(name, properties.get("CodeUri", shared.get("CodeUri")), folder)
            properties["CodeUri"] = upload(package_zip(code, script))
        elif resource["Type"] == STATE_MACHINE and "DefinitionUri" in properties:
            definition = folder / properties.pop("DefinitionUri")
            properties["Definition"] = yaml.safe_load(definition.read_text(encoding="utf-8"))
    for dropped in ("CodeUri", "Layers"):
        shared.pop(dropped, None)
    for name in layers:
        del prepared["Resources"][name]
    return prepared


def _layer_folders(resources: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    found = {}
    for name, resource in resources.items():
        if resource["Type"] in LAYERS:
            content = resource.get("Properties", {}).get("ContentUri")
            if not isinstance(content, str) or not (folder / content).is_dir():
                raise TemplateError(f"{name}: ContentUri must be a folder beside the template, not {content!r}")
            found[name] = folder / content
    return found


def _layer_folder(function: str, reference: Any, layers: Mapping[str, Path]) -> Path:
    name = reference.get("Ref") if isinstance(reference, dict) else None
    if not isinstance(name, str) or name not in layers:
        raise TemplateError(f"{function}: layer {reference!r} is not a layer of this template")
    return layers[name]


def _code_folder(function: str, code: Any, folder: Path) -> Path:
    if not isinstance(code, str) or not (folder / code).is_dir():
        raise TemplateError(f"{function}: CodeUri must be a folder beside the template, not {code!r}")
    return folder / code


def _lambda_variables(shared: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, str]:
    # Lambda derives these from the function's settings; the engine does not
    logging = {**shared.get("LoggingConfig", {}), **properties.get("LoggingConfig", {})}
    variables = {
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{properties.get('Runtime', shared.get('Runtime'))}",
        "AWS_LAMBDA_LOG_FORMAT": logging.get("LogFormat", "Text"),
    }
    if isinstance(level := logging.get("ApplicationLogLevel"), str):
        variables["AWS_LAMBDA_LOG_LEVEL"] = level
    return variables
