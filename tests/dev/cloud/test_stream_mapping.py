"""Event source mappings: what is read from a template, and what is refused."""

from typing import Any

import pytest

from dev.cloud.stream_mapping import StreamMapping, stream_mapping
from dev.cloud.template_yaml import TemplateError

IDS = {"Table": "stack-Table-1", "Function": "stack-Function-1", "Queue": "http://localhost/queue"}
MINIMAL = {"EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}, "FunctionName": {"Ref": "Function"}}


def _mapping(**properties: Any) -> StreamMapping:
    made = stream_mapping("Mapping", {**MINIMAL, **properties}, IDS)
    assert made
    return made


def test_lambdas_defaults_are_ours() -> None:
    assert _mapping() == StreamMapping("Mapping", "stack-Table-1", "stack-Function-1", batch_size=100, retries=-1)


def test_every_setting_is_read() -> None:
    mapping = _mapping(
        BatchSize=7,
        MaximumBatchingWindowInSeconds=2,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=3,
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        FilterCriteria={
            "Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}, {"Pattern": '{"eventName": ["MODIFY"]}'}]
        },
    )
    assert (mapping.batch_size, mapping.window, mapping.retries, mapping.record_age) == (7, 2, 3, 60)
    assert (mapping.reports_items, mapping.bisects, mapping.failure_queue) == (True, True, "http://localhost/queue")
    assert [mapping.wants({"eventName": name}) for name in ("INSERT", "MODIFY", "REMOVE")] == [True, True, False]


def test_a_removal_by_ttl_is_wanted_when_no_filter_says_otherwise() -> None:
    removal = {"eventName": "REMOVE", "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
    assert _mapping().wants(removal)


def test_a_disabled_mapping_has_no_poller() -> None:
    assert stream_mapping("Mapping", {**MINIMAL, "Enabled": False}, IDS) is None


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"ParallelizationFactor": 2}, "does not honour ParallelizationFactor"),
        ({"TumblingWindowInSeconds": 5}, "does not honour TumblingWindowInSeconds"),
        ({"BatchSize": {"Ref": "Size"}}, "BatchSize must be a number"),
        ({"FunctionName": {"Ref": "Nobody"}}, "must be a Ref or GetAtt"),
        ({"FunctionName": "arn:aws:lambda:::function:x"}, "must be a Ref or GetAtt"),
    ],
)
def test_what_no_poller_honours_is_refused(properties: dict[str, Any], says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        _mapping(**properties)
