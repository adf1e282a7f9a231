"""The whole way through the deployed functions, under their own policies."""

from __future__ import annotations

import time
from collections.abc import Callable

from roost.runtime.deps import Deps
from tests.highlevel.stage import NUMBER, Stage
from tests.highlevel.stand_in import HighLevelStandIn
from tests.roost_fixtures import Tenant

PATIENCE_SECONDS = 90


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_SECONDS} s"
        time.sleep(0.1)


def test_both_directions_and_an_opt_out_pass_the_deployed_functions(
    deployed: Tenant, deps: Deps, highlevel: HighLevelStandIn
) -> None:
    stage = Stage(deps, deployed, highlevel)
    phone, there = deployed.pair(), stage.there
    there.fail("status", 403)
    body = there.send(NUMBER, "from the inbox")
    assert stage.deliver(body).json() == {"outcome": "taken"}
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job), phone.event("job.delivered", job))
    wait_until(lambda: there.statuses[body["messageId"]][-1:] == ["delivered"], "the status over there")
    phone.call(phone.event("sms.received", data={"from": NUMBER, "text": "STOP"}))
    wait_until(lambda: "dnc" in there.contact(NUMBER)["tags"], "the tag over there")
    wait_until(lambda: there.bodies("inbound") == ["STOP"], "the text over there")
    contact = there.contact(NUMBER)
    wait_until(lambda: contact["dndSettings"].get("SMS", {}).get("status") == "active", "do not disturb over there")
    contact["tags"] = []
    stage.clock.now = time.time_ns() // 1_000_000
    assert stage.hear({"type": "ContactTagUpdate", "locationId": there.id, **contact}).status_code == 200
    wait_until(lambda: not stage.is_opted_out(), "the opt-out lifted here")
