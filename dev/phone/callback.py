"""The one steady-state call: report, claim, cancel, health and clock in one request (protocol §5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from dev.phone.answers import Answers
from dev.phone.backoff import Backoff
from dev.phone.batches import Batch, Batches
from dev.phone.claims import Claims
from dev.phone.exchange import Answered, Refused, Unreachable
from dev.phone.narration import Tell, counted
from dev.phone.schedule import Schedule
from dev.phone.server import Server
from dev.phone.wire import CallbackAnswer, Config

PATH = "/phone/v1/callback"


class Callback:
    def __init__(
        self, batches: Batches, claims: Claims, schedule: Schedule, server: Server, answers: Answers,
        backoff: Backoff, tell: Tell,
    ) -> None:  # fmt: skip
        self._batches = batches
        self._claims = claims
        self._schedule = schedule
        self._server = server
        self._answers = answers
        self._backoff = backoff
        self._tell = tell

    def call(self, config: Config, health: Callable[[], dict[str, Any]], *, may_claim: bool) -> None:
        """Send the frozen batch again, or freeze a new one and send it."""
        batch = self._batches.frozen() or self._freeze(config, may_claim)
        body: dict[str, Any] = {"batch_id": batch.batch_id, "events": batch.events}
        if batch.claim is not None:
            body["claim"] = {**batch.claim, "have": self._claims.have()}
        result = self._server.call("POST", PATH, {**body, "health": health()})
        if isinstance(result, Refused):
            self._refused(result, batch)
        elif isinstance(result, Answered):
            self._answered(result, batch)

    def _freeze(self, config: Config, may_claim: bool) -> Batch:
        is_claiming = may_claim and self._schedule.wants_claim_now(config)
        batch = self._batches.freeze(self._claims.new(config) if is_claiming else None)
        if is_claiming:
            self._schedule.claim_frozen()
        return batch

    def _answered(self, result: Answered, batch: Batch) -> None:
        try:
            answer = CallbackAnswer.model_validate(result.body)
        except ValidationError:
            self._server.unreachable(Unreachable("an answer that is not ours; is there a captive portal?"))
            return
        self._answers.apply(answer, result.round_trip_ms)
        self._batches.applied()
        self._server.understood()
        self._schedule.answered(answer, had_claim=batch.claim is not None)
        if answer.confirmed_sims:
            self._schedule.want_claim()

    def _refused(self, refused: Refused, batch: Batch) -> None:
        if refused.status in (400, 413) and batch.events:
            self._tell(f"the server cannot take {counted(len(batch.events), 'report')} at once ({refused.code})")
            self._batches.halve(batch, refused.code)
            self._keep_claim(batch)
        elif refused.status in (400, 409, 413):
            self._batches.drop()
            self._keep_claim(batch)
            self._backoff.failed(refused.retry_after_ms)
        elif refused.status == 426:
            self._batches.drop()

    def _keep_claim(self, batch: Batch) -> None:
        """The claim was answered with an error, so another one, under a new id, takes its place."""
        if batch.claim is not None:
            self._schedule.claim_refused()
