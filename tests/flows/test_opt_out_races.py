"""A STOP stored at any moment of sends, batches and claims: no phone keeps a text for that number to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from roost.runtime.deps import Deps
from roost.usecases.opt_outs import change_opt_out
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

PEERS = ["+34600111222", "+34600111223"]
peers = st.sampled_from(PEERS)
phones = st.integers(0, 1)
moments = st.none() | st.integers(0, 14)
"""Before which of an operation's calls to the database the STOP comes; None: none comes."""

OVER = {"sent", "delivered", "failed", "expired", "canceled", "unknown", "canceling"}


@contextmanager
def interrupted(deps: Deps, moment: int | None, action: Callable[[], object]) -> Iterator[None]:
    """`action` happens once, just before call number `moment` to the database."""
    events, calls = deps.messages.meta.client.meta.events, iter(range(1_000))

    def before_call(**_: object) -> None:
        if next(calls) == moment:
            action()

    events.register("before-call.dynamodb", before_call)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb", before_call)


class Races(RuleBasedStateMachine):
    """`handed`: what phones have got and may send. An opt-out by hand is the same write as that of a STOP, alone."""

    def __init__(self, tenant: Tenant, clock: Clock) -> None:
        super().__init__()
        self.tenant, self.clock = tenant, clock
        self.opted_out: set[str] = set()
        self.messages: dict[str, str] = {}
        self.handed: set[str] = set()

    @initialize()
    def pair(self) -> None:
        for known in self.tenant.http.get("/v1/phones").json()["data"]:
            self.tenant.http.delete(f"/v1/phones/{known['id']}")
        self.phones: list[PhoneDriver] = [self.tenant.pair() for _ in range(2)]
        for peer in PEERS:
            change_opt_out(self.tenant.deps, self.tenant.account.id, peer, do_not_contact=False)

    def stop(self, peer: str) -> None:
        change_opt_out(self.tenant.deps, self.tenant.account.id, peer, do_not_contact=True)
        self.opted_out.add(peer)

    @rule(peer=peers, moment=moments)
    def send(self, peer: str, moment: int | None) -> None:
        with interrupted(self.tenant.deps, moment, lambda: self.stop(peer)):
            answer = self.tenant.send(peer)
        if answer.status_code == 201:
            self.messages[answer.json()["id"]] = peer

    @rule(stopped=peers, moment=moments, dealt=st.booleans())
    def send_batch(self, stopped: str, moment: int | None, dealt: bool) -> None:
        chosen: dict[str, Any] = {"senders": "all_phones"} if dealt else {}
        with interrupted(self.tenant.deps, moment, lambda: self.stop(stopped)):
            answer = self.tenant.http.post("/v1/sms/batch", json={"to": PEERS * 2, "body": "hi", **chosen})
        if answer.status_code == 201:
            self.messages |= {message["id"]: message["to"] for message in answer.json()["messages"]}

    @rule(phone=phones, stopped=peers, moment=moments)
    def claim(self, phone: int, stopped: str, moment: int | None) -> None:
        before = set(self.opted_out)
        with interrupted(self.tenant.deps, moment, lambda: self.stop(stopped)):
            jobs = self.phones[phone].claim()
        assert not [job for job in jobs if job["to"] in before], "handed out after the opt-out was stored"
        self.handed |= {job["job_id"] for job in jobs}

    @rule(peer=peers)
    def start(self, peer: str) -> None:
        """Only when nothing of before is left, so that each message is under one answer."""
        if not [message for message, to in self.messages.items() if to == peer]:
            change_opt_out(self.tenant.deps, self.tenant.account.id, peer, do_not_contact=False)
            self.opted_out.discard(peer)

    @rule(seconds=st.sampled_from([1, 60]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @invariant()
    def what_a_phone_has_for_them_is_to_be_canceled(self) -> None:
        for message in self.handed:
            if self.messages[message] in self.opted_out:
                assert self.tenant.message(message)["status"] in OVER

    def teardown(self) -> None:
        """Whatever still waits for them ends without reaching a phone."""
        for peer in PEERS:
            self.stop(peer)
        for phone in getattr(self, "phones", ()):
            assert phone.claim() == []
        self.what_a_phone_has_for_them_is_to_be_canceled()


def test_no_interleaving_hands_a_text_to_a_phone_after_the_opt_out(tenant: Tenant, clock: Clock) -> None:
    run_state_machine_as_test(
        lambda: Races(tenant, clock),  # type: ignore[arg-type]
        settings=settings(
            max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
