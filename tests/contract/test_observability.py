"""Alarms and dashboard look at metrics that are written."""

from __future__ import annotations

import json
import re
from typing import Any

from dev.artifacts.template_functions import TemplateFunction
from dev.cloud.template_yaml import read_template
from roost.domain.vital_signs import Sign
from tests.contract.repository import ROOT, functions, resources_of, template

WRITTEN = {*Sign, "UnhandledErrors"}
OBSERVABILITY = ROOT / "infra" / "observability.yaml"


def test_each_metric_of_ours_that_is_watched_is_written() -> None:
    text = OBSERVABILITY.read_text(encoding="utf-8")
    alarmed = set(re.findall(r"Namespace: Roost,? *\n? *MetricName: (\w+)", text))
    shown = set(re.findall(r'"Roost", "(\w+)"', text))
    assert alarmed >= {"UnhandledErrors", "OldestWaitingSeconds", "Failed"}
    assert alarmed | shown <= WRITTEN


def test_each_alarm_says_what_to_do_and_to_whom() -> None:
    assert alarms()
    for name, alarm in alarms().items():
        assert len(alarm["AlarmDescription"]) > 60, name
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}], name


def test_the_nested_stack_is_given_exactly_what_it_takes() -> None:
    assert given().keys() == read_template(OBSERVABILITY)["Parameters"].keys()


def test_everything_that_nobody_waits_for_is_watched_where_it_ends_when_it_fails_for_good() -> None:
    """A stream and a call end in the queue they name, a queue in its dead letters, a machine and a schedule in runs."""
    watched = json.dumps([given()[name] for name in parameters_of_alarms()])
    events = {name: function.properties.get("Events", {}).values() for name, function in by_logical_id().items()}
    scheduled = {name for name, made in events.items() if any(event["Type"] == "ScheduleV2" for event in made)}
    failing = re.findall(r'"(?:Destination|deadLetterTargetArn)": {"Fn::GetAtt": \["(\w+)"', json.dumps(template()))
    assert scheduled == {"SweepFunction", "TakeReadingsFunction"}
    assert len(set(failing)) == 3
    for ends in (*scheduled, *failing, *resources_of("AWS::Serverless::StateMachine")):
        assert f'"{ends}"' in watched, ends


def test_each_stream_and_each_queue_has_somewhere_to_put_what_failed() -> None:
    for name, function in by_logical_id().items():
        for event in function.properties.get("Events", {}).values():
            if event["Type"] == "DynamoDB":
                assert "OnFailure" in event["Properties"]["DestinationConfig"], name
            if event["Type"] == "SQS":
                queue = event["Properties"]["Queue"]["Fn::GetAtt"][0]
                assert "RedrivePolicy" in resources_of("AWS::SQS::Queue")[queue], name


def test_the_alarms_cost_what_the_parameter_says() -> None:
    metrics = {name: metrics_of(alarm) for name, alarm in alarms().items()}
    assert max(metrics.values()) <= 10, "CloudWatch takes no more in one alarm"
    read, free, cents, dashboard = sum(metrics.values()), 10, 10, 300
    said = template()["Parameters"]["AlarmEmail"]["Description"]
    assert f"{len(metrics)} alarms over {read} metrics" in said
    assert f"${(read - free) * cents // 100} a month if nothing else" in said
    assert f"else ${(read * cents + dashboard) // 100}." in said


def alarms() -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in read_template(OBSERVABILITY)["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def metrics_of(alarm: dict[str, Any]) -> int:
    return sum("MetricStat" in metric for metric in alarm["Metrics"]) if "Metrics" in alarm else 1


def parameters_of_alarms() -> set[str]:
    """Of the nested stack, those by which an alarm finds its metrics."""
    return set(re.findall(r'"Value": {"Ref": "(\w+)"}', json.dumps(alarms())))


def given() -> dict[str, Any]:
    """What template.yaml gives the nested stack, unresolved."""
    parameters: dict[str, Any] = template()["Resources"]["Observability"]["Properties"]["Parameters"]
    return parameters


def by_logical_id() -> dict[str, TemplateFunction]:
    return {function.logical_id: function for function in functions()}
