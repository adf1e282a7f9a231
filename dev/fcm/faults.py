"""What may go wrong with a push, as data: each fault says which pushes it hits and how often."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dev.fcm.fcm_errors import ERRORS


class FaultKind(StrEnum):
    """`lose` and the rest happen after FCM said 200; `error` is an answer other than 200."""

    LOSE = "lose"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"
    DEPRIORITISE = "deprioritise"
    ERROR = "error"


class Fault(BaseModel):
    """`times`: how many sends it hits, None for all from now on. `token`: only this registration, None for any."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    times: int | None = Field(default=1, ge=1)
    token: str | None = None
    copies: int = Field(default=2, ge=2)
    delay_seconds: float = Field(default=0, ge=0)
    error: str | None = None
    retry_after_seconds: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _names_an_error(self) -> Self:
        if self.kind is FaultKind.ERROR and self.error not in ERRORS:
            raise ValueError(f"error must be one of {', '.join(ERRORS)}")
        return self


class FaultPlan:
    """Faults in the order they were given. One send meets every fault that matches it and uses each up by one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, faults: Iterable[Fault]) -> None:
        self._faults += [fault.model_copy() for fault in faults]

    def clear(self) -> None:
        self._faults = []

    def take_error(self, token: str) -> Fault | None:
        """One send gets one answer, so only the first matching error is used up."""
        errors = [fault for fault in self._matching(token) if fault.kind is FaultKind.ERROR]
        if not errors:
            return None
        self._use(errors[0])
        return errors[0]

    def take_transport(self, token: str) -> dict[FaultKind, Fault]:
        """Faults of an accepted push, the first of each kind."""
        taken: dict[FaultKind, Fault] = {}
        for fault in self._matching(token):
            if fault.kind is not FaultKind.ERROR and fault.kind not in taken:
                taken[fault.kind] = fault
        for fault in taken.values():
            self._use(fault)
        return taken

    def _matching(self, token: str) -> list[Fault]:
        return [fault for fault in self._faults if fault.token in (None, token)]

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            self._faults.remove(fault)
