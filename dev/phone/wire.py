"""The server's answers as the phone reads them (protocol §3, §5, §7). Unknown members are ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from dev.phone.times import from_datetime


def _epoch_ms(value: object) -> int | None:
    if value is None:
        return None
    return from_datetime(TypeAdapter(datetime).validate_python(value))


def _positive(value: int) -> int:
    if value < 1:
        raise ValueError("attempts and parts count from 1")
    return value


EpochMs = Annotated[int, BeforeValidator(_epoch_ms)]
Attempt = Annotated[int, AfterValidator(_positive)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class SimRef(Wire):
    slot: int
    sim_id: str


class UssdCode(Wire):
    code: str


class MmsPart(Wire):
    url: str


class MmsContent(Wire):
    """`max_bytes`: of all parts together."""

    parts: list[MmsPart] = []
    max_bytes: int = 1_000_000
    types: list[str] = []


class OfferedJob(Wire):
    """An entry of `jobs`. A stub with `reoffer` has no content and only asks for the row's state."""

    job_id: str
    attempt: Attempt = 1
    lease_epoch: int
    reoffer: bool = False
    grant: Literal["confirm", "direct"] = "confirm"
    kind: str = "sms"
    to: str | None = None
    text: str | None = None
    ussd: UssdCode | None = None
    mms: MmsContent | None = None
    sim: SimRef | None = None
    priority: int = 1
    not_before_ms: EpochMs | None = Field(default=None, alias="not_before")
    not_after_ms: EpochMs | None = Field(default=None, alias="not_after")
    lease_until_ms: EpochMs | None = Field(default=None, alias="lease_until")
    delivery_report: bool = False
    report: Literal["now", "poll"] = "poll"

    @property
    def content(self) -> str | None:
        """What the radio gets: a text, or a USSD code."""
        return self.ussd.code if self.ussd else self.text


class JobKey(Wire):
    job_id: str
    attempt: Attempt = 1


class RejectedEvent(Wire):
    event_id: str
    code: str = "invalid"
    permanent: bool = False


class Governor(Wire):
    segments_per_minute: int = 20
    min_gap_ms: int = 3_000


class SimCaps(Wire):
    """Most segments this SIM may send; None means no limit of that kind."""

    sim_id: str
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None


class Config(Wire):
    rev: int = 0
    poll_seconds: int = 900
    lease_seconds: int = 300
    hold_seconds: int = 2_400
    max_jobs: int = 10
    governor: Governor = Governor()
    sims: list[SimCaps] = []
    features: dict[str, bool] = {}

    def caps_of(self, sim_id: str) -> SimCaps:
        return next((caps for caps in self.sims if caps.sim_id == sim_id), SimCaps(sim_id=sim_id))


class CallbackAnswer(Wire):
    acked: list[str]
    rejected: list[RejectedEvent] = []
    jobs: list[OfferedJob] = []
    cancel: list[JobKey] = []
    server_time_ms: EpochMs = Field(alias="server_time")
    config_rev: int = 0
    next_poll_seconds: float = 900
    config: Config | None = None
    next_token: str | None = None
    confirmed_sims: list[SimRef] = []


class Firebase(Wire):
    """What an app needs to start Firebase at run time; none of it is secret."""

    application_id: str
    api_key: str
    project_id: str
    sender_id: str


class PairAnswer(Wire):
    device_id: str
    token: str
    server_time_ms: EpochMs = Field(alias="server_time")
    firebase: Firebase | None = None
    config: Config = Config()


class ErrorBody(Wire):
    code: str = "unknown"
    message: str = ""


class Refusal(Wire):
    error: ErrorBody = ErrorBody()
    events_ok: bool = False
