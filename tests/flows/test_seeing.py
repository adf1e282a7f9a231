"""What an owner sees: one line a request, which says what message it is about, and metrics; nothing private."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest

from roost.domain.vital_signs import Reading, Sign
from roost.runtime.deps import Deps
from roost.runtime.metrics import emit
from tests.contract.repository import ROOT
from tests.in_role import run_take_readings, take_readings
from tests.roost_fixtures import Clock, Tenant

SAYS_ALL = """
from roost.domain.vital_signs import Reading, Sign
from roost.runtime.log import logger
from roost.runtime.metrics import emit
logger().info("a request")
logger().warning("a warning")
emit([Reading(Sign.ACCEPTED, 1)])
"""

BEHIND_A_MACHINE = """
from traceback import format_exception
from types import SimpleNamespace
from roost.domain.errors import RoostError, TryLater
from roost.runtime.log import background, logger

@background
def handler(event, context):
    logger().warning("at work")
    if "raised" in event:
        raise event["raised"]

handler({}, SimpleNamespace(aws_request_id="one"))
for raised in (ValueError("the text +14155551234"), TryLater("on purpose")):
    try:
        handler({"raised": raised}, SimpleNamespace(aws_request_id="two"))
    except RoostError as error:
        logger().warning("called again", same=error is raised, told="".join(format_exception(error)))
"""


def lines_of(caplog: pytest.LogCaptureFixture, text: str) -> list[dict[str, Any]]:
    return [record.__dict__ for record in caplog.records if record.getMessage() == text]


def metrics_in(printed: str) -> list[dict[str, Any]]:
    """The lines of CloudWatch's embedded metric format among what a function printed."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


def test_the_way_of_a_message_can_be_followed_through_the_log(tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    phone = tenant.pair()
    sent = tenant.send(body="the secret text")
    [job] = phone.claim()
    phone.call(phone.accept(job), phone.event("job.sent", job))
    seen = [line["messages"] for line in lines_of(caplog, "request") if line["messages"]]
    assert seen == [[sent.json()["id"]]] * 3
    ids = [line["request_id"] for line in lines_of(caplog, "request")]
    assert sent.headers["x-request-id"] in ids
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("library", ["mangum", "httpx"])
def test_libraries_that_log_the_path_of_a_request_are_silenced(library: str, caplog: pytest.LogCaptureFixture) -> None:
    """Lambda's JSON format sets the root logger to INFO; a path may hold a number."""
    caplog.set_level(logging.INFO)
    logging.getLogger(library).info("GET /v1/conversations/cnv_14155559876 200")
    assert lines_of(caplog, "GET /v1/conversations/cnv_14155559876 200") == []


def test_no_line_has_a_number_a_text_a_key_or_a_token(
    tenant: Tenant, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = tenant.pair("Counter")
    key = tenant.key()
    tenant.send("+14155559876", "the secret text")
    tenant.http.get("/v1/messages", params={"to": "+14155559876"}, headers={"x-api-key": key})
    tenant.http.post("/v1/sms/send", json={"to": "+14155559876", "body": 7})
    phone.call(
        phone.event("sms.received", data={"from": "+14155554444", "text": "a private answer", "sim_id": "sim_a"})
    )
    everything = " ".join(str(record.__dict__) for record in caplog.records) + capfd.readouterr().out
    token = phone.http.headers["authorization"].removeprefix("Bearer ")
    for private in ("4155559876", "4155554444", "the secret text", "a private answer", key, token):
        assert private not in everything


def test_metrics_are_written_when_only_warnings_are_logged() -> None:
    """Lambda sets AWS_LAMBDA_LOG_LEVEL to INFO for the JSON format: Powertools alone would then log everything."""
    levels = {"AWS_LAMBDA_LOG_LEVEL": "INFO", "POWERTOOLS_LOG_LEVEL": "WARNING", "POWERTOOLS_SERVICE_NAME": "roost"}
    printed = printed_by(SAYS_ALL, levels)
    assert "a request" not in printed
    assert "a warning" in printed
    [line] = metrics_in(printed)
    assert line["Accepted"] == [1]


def printed_by(program: str, variables: dict[str, str]) -> str:
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "shared"), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_what_no_request_calls_logs_the_id_of_its_invocation_and_counts_its_crashes() -> None:
    printed = printed_by(BEHIND_A_MACHINE, {"POWERTOOLS_SERVICE_NAME": "roost"})
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    by_id = [(line.get("message"), line.get("request_id")) for line in lines if "_aws" not in line]
    assert by_id == [
        ("at work", "one"),
        ("at work", "two"),
        ("unhandled error", "two"),
        ("called again", None),
        ("at work", "two"),
        ("called again", None),
    ]
    raised = [(line["same"], "ValueError" in line["told"]) for line in lines if line.get("message") == "called again"]
    assert raised == [(False, True), (True, False)], "Lambda tries again, and logs what was raised"
    assert [line["UnhandledErrors"] for line in metrics_in(printed)] == [[1.0]], "a refusal of ours is no crash"
    assert "4155551234" not in printed


def test_many_readings_go_into_few_lines_with_every_value(capfd: pytest.CaptureFixture[str]) -> None:
    emit(Reading(Sign.SECONDS_TO_DELIVER, seconds) for seconds in range(150))
    lines = metrics_in(capfd.readouterr().out)
    assert [len(line["SecondsToDeliver"]) for line in lines] == [99, 51]
    assert sum(sum(line["SecondsToDeliver"]) for line in lines) == sum(range(150))


def test_the_gauges_say_who_is_there_and_how_long_the_first_message_waits(tenant: Tenant, clock: Clock) -> None:
    before = {reading.sign: reading.value for reading in take_readings(tenant.deps)}
    tenant.pair()
    assert tenant.send().status_code == 201
    clock.forward(minutes=10)
    now = {reading.sign: reading.value for reading in take_readings(tenant.deps)}
    assert now[Sign.PHONES_ONLINE] == before.get(Sign.PHONES_ONLINE, 0) + 1
    assert now[Sign.OLDEST_WAITING_SECONDS] >= 600
    clock.forward(hours=2)
    later = {reading.sign: reading.value for reading in take_readings(tenant.deps)}
    assert later[Sign.PHONES_ONLINE] < now[Sign.PHONES_ONLINE], "those of other tests may have called later"
    assert later[Sign.PHONES_OFFLINE] > now.get(Sign.PHONES_OFFLINE, 0)


def test_the_gauges_are_printed_as_metrics(deps: Deps, tenant: Tenant, capfd: pytest.CaptureFixture[str]) -> None:
    tenant.pair()
    run_take_readings({}, None)
    [line] = metrics_in(capfd.readouterr().out)
    assert {"PhonesOnline", "PhonesOffline", "OldestWaitingSeconds"} <= line.keys()
