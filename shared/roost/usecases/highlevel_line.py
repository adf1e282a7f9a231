"""Calls to HighLevel for one location: within its limits, with a token that holds, each refusal one exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roost.domain.highlevel import Location
from roost.domain.highlevel_rates import Budget
from roost.outbound.highlevel_http import Answer
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration
from roost.usecases.highlevel_tokens import TokensUnknown, access_token, renewed, with_token


class NotTaken(Exception):
    """`may_be_early`: a refusal that may only mean that HighLevel is not ready yet."""

    def __init__(self, doing: str, answer: Answer, *, may_be_early: bool = False) -> None:
        super().__init__(doing)
        self.doing = doing
        self.answer = answer
        self.may_be_early = may_be_early


class OutOfBudget(Exception):
    """Nothing may be asked before `until`, in ms."""

    def __init__(self, until: int) -> None:
        super().__init__("HighLevel's limits are reached")
        self.until = until


@dataclass(slots=True)
class Line:
    """`may_renew`: tokens are renewed at most once a pass; a 401 after that is about the call, not about them."""

    deps: Deps
    integration: Integration
    location: Location
    budget: Budget
    may_renew: bool = True

    def ask(self, call: Callable[[str], Answer]) -> Answer:
        """The answer, whatever it is but 429. `call`: with a token. Raises OutOfBudget, TokensRefused, NotTaken."""
        answer = self._ask_once(call)
        if answer.status == 401 and self.may_renew:
            self._renew()
            answer = self._ask_once(call)
        if answer.status == 429:
            raise OutOfBudget(self.budget.wait_until)
        return answer

    def need(self, doing: str, call: Callable[[str], Answer], *, may_be_early: bool = False) -> Answer:
        """As `ask`, for an answer that must be good."""
        answer = self.ask(call)
        if not answer.ok:
            raise NotTaken(doing, answer, may_be_early=may_be_early)
        return answer

    def _ask_once(self, call: Callable[[str], Answer]) -> Answer:
        now = self.deps.now()
        may_call_at = self.budget.may_call_at(now)
        if may_call_at > now:
            raise OutOfBudget(may_call_at)
        try:
            self.location = with_token(self.deps, self.integration, self.location)
        except TokensUnknown as unknown:
            raise NotTaken("renew the tokens", unknown.answer) from None
        self.budget.count(now)
        answer = call(access_token(self.integration, self.location))
        self.budget.learn(answer.headers, answer.status, self.deps.now())
        return answer

    def _renew(self) -> None:
        self.may_renew = False
        try:
            self.location = renewed(self.deps, self.integration, self.location)
        except TokensUnknown as unknown:
            raise NotTaken("renew the tokens", unknown.answer) from None
