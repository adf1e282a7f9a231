"""What a phone that is gone had, and never got, goes to the others: it was silent for good, or removed."""

from __future__ import annotations

import pytest

from roost.domain.instants import minute_of
from roost.storage.checks import Check, put_check
from tests.flows.test_batch_claims import claim_and_die, take
from tests.flows.test_batches import send_all
from tests.flows.test_recovery import Started, number_of, recover, swept_at, wake
from tests.roost_fixtures import Clock, Tenant


@pytest.mark.parametrize("end", ["silent", "removed"])
def test_what_a_dead_claim_never_wrote_goes_to_others(tenant: Tenant, clock: Clock, end: str) -> None:
    gone, helper = tenant.pair(), tenant.pair()
    send_all(tenant, 10, ttl_seconds=7_200)
    claim_and_die(gone, 0)
    since = wake(tenant.deps, tenant, gone)
    clock.now = max(clock.now, since)
    clock.forward(minutes=15)
    taken = take(helper, [])  # by which it is seen, too
    if end == "removed":
        tenant.http.delete(f"/v1/phones/{gone.device_id}").raise_for_status()
    else:
        recover(tenant, gone, since, clock, most=8)
    taken += [job for _ in range(12) for job in take(helper, [])]
    assert len({job["job_id"] for job in taken}) == len(taken) == 10


def test_a_removal_that_was_cut_short_is_ended_by_the_sweep(
    tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, helper = tenant.pair(), tenant.pair()
    sent = tenant.send().json()
    waits_at, other = (gone, helper) if sent["phone_id"] == gone.device_id else (helper, gone)

    def dies(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("roost.usecases.manage_phones.clear_primary", dies)
        assert tenant.http.delete(f"/v1/phones/{waits_at.device_id}").status_code == 500
    assert other.claim() == []
    put_check(tenant.deps.devices, minute_of(clock.now), Check(tenant.account.id, number_of(waits_at)))
    swept_at(tenant.deps, clock, Started())
    assert [job["job_id"] for job in other.claim()] == [sent["id"]]
