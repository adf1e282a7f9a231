"""Alarms and dashboard look at metrics that are written."""

from __future__ import annotations

import re

from dev.cloud.template_yaml import read_template
from roost.domain.vital_signs import Sign
from tests.contract.repository import ROOT, template

WRITTEN = {*Sign, "UnhandledErrors"}
OBSERVABILITY = ROOT / "infra" / "observability.yaml"


def test_each_metric_of_ours_that_is_watched_is_written() -> None:
    text = OBSERVABILITY.read_text(encoding="utf-8")
    alarmed = set(re.findall(r"Namespace: Roost,? *\n? *MetricName: (\w+)", text))
    shown = set(re.findall(r'"Roost", "(\w+)"', text))
    assert alarmed >= {"UnhandledErrors", "OldestWaitingSeconds", "Failed"}
    assert alarmed | shown <= WRITTEN


def test_each_alarm_says_what_to_do_and_to_whom() -> None:
    alarms = {
        name: resource["Properties"]
        for name, resource in read_template(OBSERVABILITY)["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert alarms
    for name, alarm in alarms.items():
        assert len(alarm["AlarmDescription"]) > 60, name
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}], name


def test_the_nested_stack_is_given_exactly_what_it_takes() -> None:
    given = template()["Resources"]["Observability"]["Properties"]["Parameters"]
    assert given.keys() == read_template(OBSERVABILITY)["Parameters"].keys()
