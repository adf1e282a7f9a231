"""The next part of an uploaded file of contacts; the state machine of the same name calls until it is done."""

from __future__ import annotations

from typing import Any

from roost.runtime.deps import deps
from roost.runtime.log import background, logger
from roost.runtime.media import media_store
from roost.usecases.import_contacts import import_contacts


@background
def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    account, number = event["account"], event["number"]
    answer = import_contacts(deps(), media_store(), account, number)
    logger().info("imported", account=account, number=number, done=answer["done"])
    return answer
