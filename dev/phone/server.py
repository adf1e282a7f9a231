"""The Roost server as the phone sees it: one base URL, two token slots, one standing, one back-off."""

from __future__ import annotations

from typing import Any

from dev.phone.backoff import Backoff
from dev.phone.exchange import Exchange, Refused, Result, Unreachable
from dev.phone.narration import Tell
from dev.phone.standing import ADVICE, Standing, StandingRecord
from dev.phone.store import Store
from dev.phone.times import HOUR
from dev.phone.tokens import Tokens

STANDING_BY_STATUS = {
    401: Standing.BAD_TOKEN,
    403: Standing.SUSPENDED,
    410: Standing.REMOVED,
    426: Standing.UPGRADE_REQUIRED,
}


class Server:
    def __init__(
        self, store: Store, tokens: Tokens, standing: StandingRecord, backoff: Backoff, exchange: Exchange, tell: Tell
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._standing = standing
        self._backoff = backoff
        self._exchange = exchange
        self._tell = tell
        self._was_unreachable = False

    def call(self, method: str, path: str, body: dict[str, Any]) -> Result:
        """Try `next`, then `current`; note what the answer says about this phone. The caller reads the body."""
        result: Result = Unreachable("not paired")
        for token in self._tokens.in_order():
            result = self._exchange.call(method, f"{self._store.get('base_url')}{path}", body, token)
            if not isinstance(result, Refused) or result.status != 401:
                break
            self._tokens.refused(token)
        if isinstance(result, Refused):
            self._refused(result)
        elif isinstance(result, Unreachable):
            self.unreachable(result)
        else:
            self._tokens.worked(token)
        return result

    def unreachable(self, failure: Unreachable) -> None:
        """Also for a 2xx whose body turns out not to be ours: nothing in it was applied."""
        self._backoff.failed(failure.retry_after_ms)
        if not self._was_unreachable:
            self._tell(f"no answer from the server ({failure.reason}); trying again until it answers")
        self._was_unreachable = True

    def understood(self) -> None:
        """The answer was read and applied: the server is there and this phone is welcome."""
        self._backoff.succeeded()
        if self._standing.become(Standing.ACTIVE):
            self._tell("the server accepts this phone again")
        if self._was_unreachable:
            self._tell("the server answers again")
        self._was_unreachable = False

    def _refused(self, refused: Refused) -> None:
        standing = STANDING_BY_STATUS.get(refused.status)
        if refused.status == 409 and refused.code == "store_mismatch":
            standing = Standing.PAIR_AGAIN
        if standing is None:
            if refused.status not in (400, 409, 413):
                self._backoff.failed(refused.retry_after_ms)
            return
        if self._standing.become(standing):
            self._tell(ADVICE[standing])
        if not (standing is Standing.UPGRADE_REQUIRED and refused.events_ok):
            self._backoff.hold(HOUR)
