"""template.yaml with CloudFormation's short forms (`!Ref`, `!GetAtt`, `!Sub`) as plain dictionaries."""

from pathlib import Path
from typing import Any

import yaml

Template = dict[str, Any]

KEEP_NAME = frozenset({"Ref", "Condition"})


class TemplateError(Exception):
    """The template cannot be deployed as it is; the message says what to change."""


class _Loader(yaml.SafeLoader):
    """SafeLoader that also knows every tag CloudFormation defines."""


def parse_template(text: str) -> Template:
    """Template of a YAML text; raises TemplateError with the place of a mistake."""
    try:
        loaded = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise TemplateError(f"the template is not valid YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise TemplateError("the template is no mapping with Resources")
    _refuse_dates(loaded, "")
    return loaded


def read_template(path: Path) -> Template:
    """Template of a file."""
    return parse_template(path.read_text(encoding="utf-8"))


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in KEEP_NAME else f"Fn::{suffix}": value}


def _refuse_dates(value: Any, place: str) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _refuse_dates(child, f"{place}/{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _refuse_dates(child, f"{place}/{index}")
    elif value is not None and not isinstance(value, str | int | float | bool):
        raise TemplateError(f"{place} is a YAML date: put it in quotes")


_Loader.add_multi_constructor("!", _short_form)
