"""Run what locations of HighLevel are owed; called by their table's stream and by the state machine retry_highlevel."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.executions import executions
from roost.runtime.highlevel import integration
from roost.runtime.log import background, logger
from roost.usecases.mirror_highlevel import mirror_highlevel
from roost.usecases.mirror_locations import locations_owed, mirror_locations


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    found = integration()
    if found is None:  # what is owed is kept for the day the app is set up again
        return {"done": True, "locations": 0}
    if "Records" in event:
        owed = locations_owed(event["Records"])
        taken = mirror_locations(deps(), found, executions(), owed)
        logger().info("mirrored to HighLevel", locations=len(owed), taken=taken)
        return {"locations": taken}
    account, location, since = event["account"], event["location"], event["since"]
    answer = mirror_highlevel(deps(), found, executions(), account, location, since)
    logger().info("mirrored to a location", account=account, location=location, since=since, done=answer["done"])
    return answer
