"""What a phone took out of a batch, and never got, goes to the others when it is silent for good or removed."""

from __future__ import annotations

import pytest

from tests.flows.test_batch_claims import claim_and_die, take
from tests.flows.test_batches import send_all
from tests.flows.test_recovery import recover, wake
from tests.roost_fixtures import Clock, Tenant


@pytest.mark.parametrize("end", ["silent", "removed"])
def test_what_a_dead_claim_never_wrote_goes_to_others(tenant: Tenant, clock: Clock, end: str) -> None:
    gone, helper = tenant.pair(), tenant.pair()
    send_all(tenant, 10, ttl_seconds=7_200)
    claim_and_die(gone, 0)
    since = wake(tenant.deps, tenant, gone)
    clock.now = since
    clock.forward(minutes=15)
    taken = take(helper, [])  # by which it is seen, too
    if end == "removed":
        tenant.http.delete(f"/v1/phones/{gone.device_id}").raise_for_status()
    else:
        recover(tenant, gone, since, clock, most=8)
    taken += [job for _ in range(12) for job in take(helper, [])]
    assert len({job["job_id"] for job in taken}) == len(taken) == 10
