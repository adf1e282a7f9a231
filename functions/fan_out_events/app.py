"""The stream of the messages table, once more: what happened, to every webhook and mirror that wants to know; and
replies, to be classified."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.log import background, logger
from roost.runtime.metrics import emit
from roost.runtime.replies import reply_queue
from roost.runtime.webhooks import lanes, webhook_http
from roost.storage.stream_records import reply_in, told_by
from roost.usecases.fan_out_events import Senders, fan_out_events
from roost.usecases.known_endpoints import known_endpoints
from roost.usecases.owe_highlevel import known_locations, owe_highlevel


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    if (queue := reply_queue()) is not None:
        for reply in filter(None, (reply_in(record["dynamodb"]) for record in event["Records"])):
            queue.put(*reply)
    told = [said for record in event["Records"] if (said := told_by(record["dynamodb"])) is not None]
    senders = Senders(webhook_http, lanes, executions)
    owed = owe_highlevel(deps(), known_locations(), told)
    taken = fan_out_events(deps(), known_endpoints(), senders, told)
    emit(reading for said in told for reading in said.readings)  # last: a batch that breaks off comes again
    events = [event.id for said in told for event in said.events]
    logger().info("fanned out", deliveries=taken, errands=owed, events=events)
    return {"deliveries": taken}
