"""The stream of the messages table, once more: what happened, to every webhook that wants to know."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.log import logger
from roost.runtime.metrics import emit
from roost.runtime.webhooks import lanes, webhook_http
from roost.storage.stream_records import told_by
from roost.usecases.fan_out_events import Senders, fan_out_events
from roost.usecases.known_endpoints import known_endpoints


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    told = [said for record in event["Records"] if (said := told_by(record["dynamodb"])) is not None]
    senders = Senders(webhook_http, lanes, executions)
    taken = fan_out_events(deps(), known_endpoints(), senders, told)
    emit(reading for said in told for reading in said.readings)  # last: a batch that breaks off comes again
    events = [event.id for said in told for event in said.events]
    logger().info("fanned out", deliveries=taken, events=events)
    return {"deliveries": taken}
