"""CloudFormation's short forms, read as the long ones."""

from typing import Any

import pytest

from dev.cloud.template_yaml import TemplateError, parse_template


@pytest.mark.parametrize(
    ("text", "long_form"),
    [
        ("!Ref Table", {"Ref": "Table"}),
        ("!Condition IsBig", {"Condition": "IsBig"}),
        ("!GetAtt Table.Arn", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!GetAtt Stack.Outputs.Url", {"Fn::GetAtt": ["Stack", "Outputs.Url"]}),
        ('!Sub "${Api}/v1"', {"Fn::Sub": "${Api}/v1"}),
        ("!Join [':', [a, !Ref B]]", {"Fn::Join": [":", ["a", {"Ref": "B"}]]}),
        (
            "!If [IsBig, !GetAtt T.Arn, {x: !Ref C}]",
            {"Fn::If": ["IsBig", {"Fn::GetAtt": ["T", "Arn"]}, {"x": {"Ref": "C"}}]},
        ),
        ("!Transform {Name: Include}", {"Fn::Transform": {"Name": "Include"}}),
    ],
)
def test_a_short_form_is_its_long_form(text: str, long_form: dict[str, Any]) -> None:
    assert parse_template(f"Value: {text}")["Value"] == long_form


def test_an_unquoted_date_is_refused_with_its_place() -> None:
    with pytest.raises(TemplateError, match=r"^/Resources/Role/Version is a YAML date: put it in quotes"):
        parse_template("Resources:\n  Role:\n    Version: 2012-10-17\n")


def test_broken_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(TemplateError, match="line 2"):
        parse_template("Resources:\n  A: [")


def test_a_list_is_no_template() -> None:
    with pytest.raises(TemplateError, match="no mapping"):
        parse_template("- a\n")
