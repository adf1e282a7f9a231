"""Charges, refunds, repeats, late reports and crashes in any order: the ledger is always the balance."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from roost.domain.errors import InsufficientCredits
from roost.domain.ledger import EntryKind, LedgerEntry
from roost.domain.messages import NEVER_SENT, Message
from roost.domain.meters import Meter
from roost.domain.money import Price
from roost.domain.senders import Sender
from roost.storage.api_keys import find_api_key
from roost.storage.key_use import get_use
from roost.storage.messages import get_message
from roost.storage.meters import get_meter
from roost.usecases.read_account import list_ledger
from roost.usecases.send_message import send_message
from roost.usecases.submission import Idempotency, Submission
from tests.roost_fixtures import Clock, Tenant
from tests.settling import play_stream

messages = st.integers(0, 40)
REPORTS = {
    "sent": {},
    "failed": {"error": {"class": "permanent", "name": "no_service"}},
    "unknown": {},
}


class Crash(Exception):
    """The function is gone, just before or just after its transaction."""


class Ledger(RuleBasedStateMachine):
    """One account with both ledgers, one phone, one key with a spending limit. `sent`: what was accepted."""

    def __init__(self, tenant: Tenant, clock: Clock) -> None:
        super().__init__()
        self.tenant, self.clock = tenant, clock
        self.sent: list[Message] = []
        self.jobs: list[dict[str, Any]] = []
        self.crash = ""
        self.requests = 0

    @initialize()
    def begin(self) -> None:
        for known in self.tenant.http.get("/v1/phones").json()["data"]:
            self.tenant.http.delete(f"/v1/phones/{known['id']}")
        self.phone = self.tenant.pair()
        api_key = self.tenant.new_key(spending=1_000_000)
        self.tenant.top_up(credits=3, micro_usd=30_000)
        found = find_api_key(self.tenant.deps.keys, api_key.secret_hash)
        self.sender = Sender(self.tenant.account.id, found)
        events = self.tenant.deps.messages.meta.client.meta.events
        events.register("before-call.dynamodb.TransactWriteItems", lambda **_: self.crash_at("before"), "before")
        events.register("after-call.dynamodb.TransactWriteItems", lambda **_: self.crash_at("after"), "after")

    def crash_at(self, moment: str) -> None:
        if self.crash == moment:
            self.crash = ""
            raise Crash

    @rule(amount=st.integers(1, 4), crash=st.sampled_from(["", "", "before", "after"]))
    def top_up(self, amount: int, crash: str) -> None:
        self.crash = crash
        try:
            self.tenant.top_up(credits=amount, micro_usd=amount * 9_000)
        except Crash:
            return
        finally:
            self.crash = ""

    @rule(price=st.integers(0, 20_000), crash=st.sampled_from(["", "", "before", "after"]))
    def send(self, price: int, crash: str) -> None:
        """The caller repeats a request that broke, with the same Idempotency-Key."""
        self.requests += 1
        same = Idempotency(f"{id(self)}-{self.requests}", "same")
        wanted = Submission("+14155551234", "hi", price=Price(1, price))
        self.crash = crash
        for _ in range(3):
            try:
                accepted = send_message(self.tenant.deps, self.sender, wanted, same)
            except Crash:
                continue
            except InsufficientCredits:
                break
            self.sent.append(accepted.message)
            break
        self.crash = ""

    @rule()
    def claim(self) -> None:
        self.clock.forward(seconds=1)
        self.jobs += self.phone.claim(max=10)

    @rule(number=messages, report=st.sampled_from(sorted(REPORTS)))
    def report(self, number: int, report: str) -> None:
        if self.jobs:
            job = self.jobs[number % len(self.jobs)]
            self.phone.call(self.phone.event(f"job.{report}", job, **REPORTS[report]))

    @rule(number=messages)
    def cancel(self, number: int) -> None:
        if self.sent:
            self.tenant.http.post(f"/v1/messages/msg_{self.sent[number % len(self.sent)].id}/cancel")

    @rule(number=messages, crash=st.sampled_from(["", "", "before", "after"]))
    def stream(self, number: int, crash: str) -> None:
        """A record comes, early, late or again; the function may die over it."""
        if self.sent:
            self.crash = crash
            try:
                play_stream(self.tenant, f"msg_{self.sent[number % len(self.sent)].id}")
            except Crash:
                return
            finally:
                self.crash = ""

    def books(self) -> tuple[Meter, list[LedgerEntry]]:
        """Meter and ledger of one moment: the deployed stream function settles charges, too."""
        while True:
            before = get_meter(self.tenant.deps.accounts, self.tenant.account.id)
            entries, cursor = [], None
            while True:
                page, cursor = list_ledger(self.tenant.deps, self.tenant.account.id, 100, cursor)
                entries += page
                if cursor is None:
                    break
            if before is not None and before == get_meter(self.tenant.deps.accounts, self.tenant.account.id):
                return before, entries

    @invariant()
    def the_ledger_is_the_balance(self) -> None:
        if not hasattr(self, "sender"):
            return
        meter, entries = self.books()
        assert sum(entry.credits for entry in entries) == meter.credits
        assert sum(entry.micro_usd for entry in entries) == meter.micro_usd
        for message in self.sent:
            kinds = [entry.kind for entry in entries if entry.message_id == message.id]
            assert kinds.count(EntryKind.CHARGE) == 1, "charged once"
            given_back = kinds.count(EntryKind.REFUND) - kinds.count(EntryKind.RECHARGE)
            assert given_back in (0, 1), "refunded once"

    def teardown(self) -> None:
        """Every record comes at last: what is charged is what was not certainly unsent."""
        if not hasattr(self, "sender") or self.sender.key is None:
            return
        owed = 0
        for accepted in self.sent:
            play_stream(self.tenant, f"msg_{accepted.id}")
            message = get_message(self.tenant.deps.messages, accepted.account, accepted.id, consistent=True)
            assert message is not None
            assert message.charge is not None
            assert message.charge.refunded == (message.status in NEVER_SENT)
            owed += 0 if message.charge.refunded else message.price
        self.the_ledger_is_the_balance()
        assert get_use(self.tenant.deps.keys, self.tenant.account.id, self.sender.key.id).spent == owed
        events = self.tenant.deps.messages.meta.client.meta.events
        for moment in ("before", "after"):
            events.unregister(f"{moment}-call.dynamodb.TransactWriteItems", unique_id=moment)


def test_any_interleaving_of_charges_refunds_retries_and_crashes_sums_to_the_balance(
    tenant: Tenant, clock: Clock
) -> None:
    run_state_machine_as_test(
        lambda: Ledger(tenant, clock),  # type: ignore[arg-type]
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
