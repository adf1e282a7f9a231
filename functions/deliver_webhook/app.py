"""Work off what one webhook endpoint is owed; called by fan_out_events and by the state machine retry_webhook."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.log import background, logger
from roost.runtime.webhooks import webhook_http
from roost.usecases.deliver_webhook import deliver_webhook


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    account, endpoint, since = event["account"], event["endpoint"], event["since"]
    answer = deliver_webhook(deps(), webhook_http(), executions(), account, endpoint, since)
    logger().info("delivered to a webhook", account=account, endpoint=endpoint, since=since, done=answer["done"])
    return answer
