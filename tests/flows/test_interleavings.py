"""Sends, claims, lost answers, reports, cancels, silence and time in any order: nothing twice, nothing stuck."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from roost.storage.phones import get_phone
from roost.usecases.wake_phones import wake_phone
from tests.flows.model_phone import Air, ModelPhone, instant
from tests.in_role import recover_phone
from tests.roost_fixtures import Clock, Tenant

phones = st.integers(0, 1)
FINAL = {"sent", "delivered", "failed", "expired", "canceled", "unknown"}
ON_AIR = {"sent", "delivered"}
LIFETIME_SECONDS = 1_800


class Interleavings(RuleBasedStateMachine):
    """Two phones of one account. What the radios did is counted apart from what the server believes."""

    def __init__(self, tenant: Tenant, clock: Clock) -> None:
        super().__init__()
        self.tenant, self.clock = tenant, clock
        self.air: Air = Counter()
        self.sent: list[str] = []

    @initialize()
    def pair(self) -> None:
        for known in self.tenant.http.get("/v1/phones").json()["data"]:
            self.tenant.http.delete(f"/v1/phones/{known['id']}")
        self.phones = [ModelPhone(self.tenant.pair(), self.air) for _ in range(2)]

    @rule(pinned=st.none() | phones, urgent=st.booleans())
    def send(self, pinned: int | None, urgent: bool) -> None:
        choice = {"phone_id": self.phones[pinned].driver.device_id} if pinned is not None else {}
        priority = "urgent" if urgent else "normal"
        answer = self.tenant.send(ttl_seconds=LIFETIME_SECONDS, priority=priority, **choice)
        self.sent.append(answer.json()["id"])

    @rule(phone=phones, claim=st.booleans(), lose_answer=st.booleans())
    def call(self, phone: int, claim: bool, lose_answer: bool) -> None:
        self.phones[phone].call(claim=claim, lose_answer=lose_answer)

    @rule(phone=phones, outcome=st.sampled_from(["sent", "delivered", "unknown", "not_submitted"]))
    def radio(self, phone: int, outcome: str) -> None:
        self.phones[phone].send_next(outcome)

    @rule(seconds=st.sampled_from([1, 20, 120, 310, 700]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule(number=st.integers(0, 30))
    def cancel(self, number: int) -> None:
        if self.sent:
            self.tenant.http.post(f"/v1/messages/{self.sent[number % len(self.sent)]}/cancel")

    @rule(phone=phones)
    def find_silent(self, phone: int) -> None:
        self.recover(self.phones[phone], looks=5)

    def recover(self, phone: ModelPhone, looks: int) -> None:
        """What sweep and state machine do for a phone that does not answer its wake."""
        account, number = self.tenant.account.id, int(phone.driver.device_id.removeprefix("phn_"))
        wake_phone(self.tenant.deps, None, account, number)
        stored = get_phone(self.tenant.deps.devices, account, number, consistent=True)
        step = 0
        for _ in range(looks):
            event = {"account": account, "phone": number, "since": stored.woken_at if stored else 0, "step": step}
            answer = recover_phone(event, SimpleNamespace())
            if answer["done"]:
                return
            step = answer["step"]
            self.clock.now = max(self.clock.now, instant(answer["wait_until"]))

    @invariant()
    def nothing_was_sent_twice(self) -> None:
        assert all(count == 1 for count in self.air.values()), self.air

    def teardown(self) -> None:
        """Everybody comes back and time passes: every message has ended, and says what the radios did."""
        for _ in range(3):
            for phone in getattr(self, "phones", ()):
                phone.call(claim=False)
            self.clock.forward(seconds=LIFETIME_SECONDS)
            for phone in getattr(self, "phones", ()):
                phone.send_next("sent")
                self.recover(phone, looks=12)
        self.nothing_was_sent_twice()
        on_air = {job_id for job_id, _ in self.air}
        for message_id in self.sent:
            status = str(self.tenant.message(message_id)["status"])
            assert status in FINAL, f"{message_id} is {status}"
            assert status not in ON_AIR or message_id in on_air
            assert status not in ("canceled", "expired") or message_id not in on_air


def test_any_interleaving_keeps_the_promise(tenant: Tenant, clock: Clock) -> None:
    run_state_machine_as_test(
        lambda: Interleavings(tenant, clock),  # type: ignore[arg-type]
        settings=settings(
            max_examples=12, stateful_step_count=24, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
