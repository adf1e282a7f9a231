"""One look at a campaign; the state machine of the same name calls until it is done."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.log import background, logger
from roost.usecases.run_campaign import run_campaign


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    account, campaign, epoch = event["account"], event["campaign"], event["epoch"]
    answer = run_campaign(deps(), account, campaign, epoch)
    logger().info("campaign", account=account, campaign=campaign, epoch=epoch, done=answer["done"])
    return answer
