"""Batches among single messages, with claims that die between a lane and its messages: nothing twice, nothing stuck."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.flows.batch_deaths import dying_behind
from tests.flows.model_phone import ModelPhone
from tests.flows.test_batches import numbers
from tests.flows.test_interleavings import LIFETIME_SECONDS, Interleavings, phones
from tests.in_role import settle_batch
from tests.roost_fixtures import Clock, Tenant


class BatchInterleavings(Interleavings):
    """Whatever befalls single messages, and batches on top of it."""

    def __init__(self, tenant: Tenant, clock: Clock) -> None:
        super().__init__(tenant, clock)
        self.groups: list[str] = []

    @rule(count=st.integers(1, 7), dealt=st.booleans(), urgent=st.booleans())
    def send_batch(self, count: int, dealt: bool, urgent: bool) -> None:
        chosen = {"senders": [phone.driver.device_id for phone in self.phones]} if dealt else {}
        priority = "urgent" if urgent else "bulk"
        body: dict[str, Any] = {"to": numbers(count), "body": "hi", "ttl_seconds": LIFETIME_SECONDS}
        answer = self.tenant.http.post("/v1/sms/batch", json={**body, "priority": priority, **chosen}).json()
        self.groups.append(answer["group_id"])
        self.sent += [message["id"] for message in answer["messages"]]

    @rule(number=st.integers(0, 10))
    def cancel_group(self, number: int) -> None:
        if self.groups:
            group = self.groups[number % len(self.groups)]
            assert self.tenant.http.post(f"/v1/groups/{group}/cancel").status_code == 200

    @rule(phone=phones, written=st.integers(0, 3))
    def claim_dies(self, phone: int, written: int) -> None:
        """The function behind a claim dies when `written` messages of a lane have become items."""
        with dying_behind(written):
            self.phones[phone].call(claim=True, lose_answer=True)

    def recover(self, phone: ModelPhone, looks: int) -> None:
        super().recover(phone, looks)
        for group in self.groups:
            for _ in range(3):
                settle_batch(self.tenant.deps, self.tenant.account.id, int(group.removeprefix("grp_")))


def test_any_interleaving_with_batches_keeps_the_promise(tenant: Tenant, clock: Clock) -> None:
    run_state_machine_as_test(
        lambda: BatchInterleavings(tenant, clock),  # type: ignore[arg-type]
        settings=settings(
            max_examples=12, stateful_step_count=24, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
