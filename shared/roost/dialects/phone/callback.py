"""POST /phone/v1/callback: report, claim, health and clock in one request (protocol §5)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import BaseModel, Field

from roost.dialects.phone.events import Count, ShortText, read_event
from roost.dialects.phone.router import bounded_body, phone_router
from roost.domain import ids
from roost.domain.attachments import MOST_BYTES_OUT, TYPES_OUT
from roost.domain.callbacks import Callback, Claim
from roost.domain.errors import UpgradeRequired
from roost.domain.instants import from_datetime, rfc3339
from roost.domain.leases import Lease, reported_at_once
from roost.domain.messages import Kind, Message
from roost.domain.phone_clock import PhoneClock
from roost.domain.phone_config import OLDEST_PROTOCOL, REVISION, phone_config
from roost.domain.phones import Heard, Phone
from roost.domain.sim_changes import SeenSim, agreed_here
from roost.usecases.answer_callback import answer_callback
from roost.web.caller import PhoneCaller, calling_phone
from roost.web.moments import Moment

router = phone_router()

MAX_EVENTS = 100
UNCONFIRMED = "unconfirmed"


class SimBudget(BaseModel):
    """What the governor and the caps still allow on one SIM, in segments, counted by the phone. `state`: of its
    service, or `unconfirmed` while its owner has not agreed to it in this slot.
    """

    slot: int
    sim_id: ShortText
    state: ShortText | None = None
    free_segments: int | None = Field(default=None, ge=0)
    day_left: int | None = Field(default=None, ge=0)


class WireClaim(BaseModel):
    claim_id: str = Field(min_length=1, max_length=100, pattern="^[^#]+$")
    max: int = Field(ge=0)
    have: list[str] = Field(default_factory=list, max_length=1_000)
    sims: list[SimBudget] = Field(default_factory=list, max_length=8)


class UnconfirmedSim(BaseModel):
    slot: int
    sim_id: ShortText
    carrier: ShortText | None = None
    mccmnc: ShortText | None = None
    number: ShortText | None = None


class WireHealth(BaseModel):
    """Health is state, not an event: the newest call replaces it. `unconfirmed_sims`: found in a slot in which the
    owner has not agreed to them.
    """

    store_id: ShortText
    boot_id: ShortText
    at_wall: Moment
    at_elapsed: Count
    app: ShortText | None = None
    sdk: Count | None = None
    config_rev: Count = 0
    battery: int | None = Field(default=None, ge=0, le=100)
    charging: bool | None = None
    net: ShortText | None = None
    quarantined: Count | None = None
    missing: list[ShortText] = Field(default_factory=list, max_length=20)
    unconfirmed_sims: list[UnconfirmedSim] = Field(default_factory=list, max_length=8)


class CallbackRequest(BaseModel):
    batch_id: str
    events: list[dict[str, Any]] = Field(default_factory=list, max_length=MAX_EVENTS)
    claim: WireClaim | None = None
    health: WireHealth


@router.post("/callback", dependencies=[Depends(bounded_body)], summary="Report and claim")
async def callback(
    request: CallbackRequest,
    caller: Annotated[PhoneCaller, Depends(calling_phone)],
    roost_protocol: Annotated[int, Header(description="The version the app speaks")] = OLDEST_PROTOCOL,
) -> dict[str, Any]:
    phone = caller.phone
    if request.claim is not None and roost_protocol < OLDEST_PROTOCOL:
        raise UpgradeRequired
    answer = answer_callback(caller.deps, phone, _callback(request, phone, caller.deps.now()))
    granted = answer.granted
    at_once = reported_at_once(granted.jobs)
    jobs = [_job(message, granted.lease, phone, message.id in at_once) for message in granted.jobs if granted.lease]
    return {
        "acked": list(answer.acked),
        "rejected": [
            {"event_id": refused.event_id, "code": refused.code, "permanent": refused.permanent}
            for refused in answer.rejected
        ],
        "jobs": jobs + [_reoffer(message) for message in granted.reoffers],
        "cancel": [
            {"job_id": ids.spell("msg", cancel.message_id), "attempt": cancel.attempt} for cancel in answer.cancels
        ],
        "server_time": rfc3339(answer.now),
        "config_rev": REVISION,
        "next_poll_seconds": granted.next_poll_seconds,
        **_config(request, granted.phone),
        **_confirmed_sims(request, granted.phone),
        **({"next_token": answer.next_token} if answer.next_token is not None else {}),
    }


def _config(request: CallbackRequest, phone: Phone) -> dict[str, Any]:
    return {"config": phone_config(phone.sims)} if request.health.config_rev < REVISION else {}


def _confirmed_sims(request: CallbackRequest, phone: Phone) -> dict[str, Any]:
    """Repeated until the phone's health says that it knows."""
    agreed = agreed_here(phone, _health(request.health))
    return {"confirmed_sims": [{"slot": sim.slot, "sim_id": sim.id} for sim in agreed]} if agreed else {}


def _callback(request: CallbackRequest, phone: Phone, now: int) -> Callback:
    health = request.health
    wall = from_datetime(health.at_wall)
    clock = PhoneClock(now, health.boot_id, wall, health.at_elapsed, phone.boot_offsets)
    in_order = sorted(request.events, key=_sequence)
    return Callback(
        events=tuple(read_event(raw, phone.number, clock) for raw in in_order),
        claim=_claim(request.claim) if request.claim else None,
        store_id=health.store_id,
        heard=Heard(health.boot_id, health.at_elapsed),
        health=_health(health),
        boot_offsets=clock.offsets(),
    )


def _health(health: WireHealth) -> dict[str, Any]:
    shown = health.model_dump(include={"app", "sdk", "battery", "charging", "net", "quarantined", "missing"})
    sims = [sim.model_dump(exclude_none=True) for sim in health.unconfirmed_sims]
    unconfirmed = [{"id": sim.pop("sim_id"), **sim} for sim in sims]
    return {**shown, "unconfirmed_sims": unconfirmed} if unconfirmed else shown


def _sequence(raw: dict[str, Any]) -> int:
    sequence = raw.get("seq")
    return sequence if isinstance(sequence, int) else 0


def _claim(claim: WireClaim) -> Claim:
    have = (ids.parse("msg", job_id) for job_id in claim.have)
    return Claim(
        claim_id=claim.claim_id,
        most=claim.max,
        have=frozenset(number for number in have if number is not None),
        room={sim.slot: left for sim in claim.sims if (left := _room(sim)) is not None},
        sims=tuple(SeenSim(sim.slot, sim.sim_id, sim.state not in (None, UNCONFIRMED)) for sim in claim.sims),
    )


def _room(sim: SimBudget) -> int | None:
    stated = [left for left in (sim.free_segments, sim.day_left) if left is not None]
    return min(stated) if stated else None


def _job(message: Message, lease: Lease, phone: Phone, at_once: bool) -> dict[str, Any]:
    sim = phone.sim_for(message.sim_slot) if message.sim_slot is not None else None
    return {
        "job_id": ids.spell("msg", message.id),
        "attempt": message.attempt,
        "lease_epoch": lease.epoch,
        "grant": lease.grant,
        "lease_until": rfc3339(lease.until),
        **_content(message),
        "segments": message.segments,
        "sim": {"slot": sim.slot, "sim_id": sim.id} if sim else None,
        "priority": int(message.priority),
        "not_before": rfc3339(message.slot_at if message.slot_at is not None else message.due_at),
        "not_after": rfc3339(message.expires_at),
        "delivery_report": True,
        "report": "now" if at_once else "poll",
    }


def _content(message: Message) -> dict[str, Any]:
    if message.kind is Kind.USSD:
        return {"kind": message.kind, "ussd": {"code": message.text}}
    content: dict[str, Any] = {"kind": message.kind, "to": message.peer, "text": message.text_to_send}
    if message.kind is Kind.MMS:
        parts = [{"url": url} for url in message.attachments]
        content["mms"] = {"parts": parts, "max_bytes": MOST_BYTES_OUT, "types": list(TYPES_OUT)}
    return content


def _reoffer(message: Message) -> dict[str, Any]:
    """Without content: only "tell me its state" (protocol §13)."""
    held = {"job_id": ids.spell("msg", message.id), "attempt": message.attempt, "lease_epoch": message.lease_epoch}
    return {**held, "reoffer": True}
