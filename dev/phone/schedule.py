"""Decides when to call and whether a claim rides along (protocol §5.4)."""

from __future__ import annotations

import json

from dev.phone.batches import Batches
from dev.phone.claims import Claims
from dev.phone.clock import Clock, age_ms
from dev.phone.corrected_time import CorrectedTime
from dev.phone.jobs import ON_THE_RADIO, Jobs, JobState
from dev.phone.outbox import Outbox
from dev.phone.store import Store
from dev.phone.times import SECOND
from dev.phone.wire import CallbackAnswer, Config

LONGEST_POLL_MS = 900 * SECOND
SHORTEST_IDLE_POLL_MS = 5 * SECOND
"""Guards against a server that always answers "claim again now" and never has a job."""
RESULT_PATIENCE_MS = 30 * SECOND
CONFIRM_EARLY_MS = 5 * SECOND
URGENT_LIMIT_MS = 2 * SECOND


class Schedule:
    """Lives in memory: a fresh process claims at once, which covers whatever it would have remembered."""

    def __init__(
        self, store: Store, jobs: Jobs, outbox: Outbox, batches: Batches, claims: Claims,
        clock: Clock, corrected: CorrectedTime, report_delay_ms: int,
    ) -> None:  # fmt: skip
        self._store = store
        self._jobs = jobs
        self._outbox = outbox
        self._batches = batches
        self._claims = claims
        self._clock = clock
        self._corrected = corrected
        self._report_delay_ms = min(report_delay_ms, URGENT_LIMIT_MS)
        self._is_claim_wanted = True
        self._poll_at_elapsed_ms = 0
        self._waiting_after_grant: int | None = None

    def want_claim(self) -> None:
        """A wake, boot, app start, network or power: ask for jobs at the next opportunity."""
        self._is_claim_wanted = True

    def due_in_ms(self, config: Config, *, may_claim: bool) -> int:
        """Milliseconds until the next call is due, back-off left aside."""
        waits = [
            self._poll_wait_ms(),
            self._outbox.release_held(),
            self._urgent_wait_ms(),
            self._confirm_wait_ms(config),
        ]
        if self._batches.is_frozen() or (self._batches.is_bisecting() and self._outbox.depth()):
            return 0
        if may_claim and self._claims.room(config):
            waits.append(0 if self._is_claim_wanted else self._follow_up_wait_ms())
        return min(wait for wait in waits if wait is not None)

    def wants_claim_now(self, config: Config) -> bool:
        """Whether the batch that is about to be frozen should carry a claim."""
        if self._batches.is_bisecting() or not self._claims.room(config):
            return False
        if self._is_claim_wanted or self._poll_wait_ms() == 0 or self._follow_up_wait_ms() == 0:
            return True
        return self._urgent_wait_ms() == 0 and self._claims.waiting() <= 1

    def claim_frozen(self) -> None:
        self._is_claim_wanted = False

    def claim_refused(self) -> None:
        self._is_claim_wanted = True

    def answered(self, answer: CallbackAnswer, *, had_claim: bool) -> None:
        wait = min(LONGEST_POLL_MS, max(0, round(answer.next_poll_seconds * SECOND)))
        granted = sum(not job.reoffer for job in answer.jobs)
        if not granted:
            wait = max(wait, SHORTEST_IDLE_POLL_MS)
        self._poll_at_elapsed_ms = self._clock.elapsed_ms() + wait
        if had_claim:
            self._waiting_after_grant = self._claims.waiting() if granted else None

    def _poll_wait_ms(self) -> int:
        return max(0, self._poll_at_elapsed_ms - self._clock.elapsed_ms())

    def _urgent_wait_ms(self) -> int | None:
        age = self._outbox.urgent_age_ms()
        return None if age is None else max(0, self._report_delay_ms - age)

    def _follow_up_wait_ms(self) -> int | None:
        """After a granting claim, once at most one job is left: ask for more together with the last result."""
        waiting = self._claims.waiting()
        if self._waiting_after_grant is None or waiting > 1 or waiting >= self._waiting_after_grant:
            return None
        ages = [age_ms(self._clock, job.handed) for job in self._jobs.in_states(ON_THE_RADIO) if job.handed]
        return max((RESULT_PATIENCE_MS - age for age in ages if age < RESULT_PATIENCE_MS), default=0)

    def _confirm_wait_ms(self, config: Config) -> int | None:
        """An acceptance travels when its first job is due, at the latest half way through the lease."""
        epochs = {
            json.loads(row["body"])["lease_epoch"]
            for row in self._store.rows("SELECT body FROM outbox WHERE type = 'lease.accepted' AND held_boot IS NULL")
        }
        if not epochs:
            return None
        now, waits = self._corrected.now_ms(), [LONGEST_POLL_MS]
        for job in self._jobs.in_states(frozenset({JobState.STORED})):
            if job.lease_epoch in epochs:
                half_way = (job.lease_until_ms or now) - config.lease_seconds * SECOND // 2
                waits += [(job.not_before_ms or now) - CONFIRM_EARLY_MS - now, half_way - now]
        return max(0, min(waits))
