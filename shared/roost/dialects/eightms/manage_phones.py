"""/v1/phones and /v1/pairings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.instants import rfc3339
from roost.domain.pacing import Hold, daily_cap, local_day
from roost.domain.pairing import eightms_link, roost_link
from roost.domain.phones import Phone, Presence, Sim
from roost.domain.sim_changes import to_confirm
from roost.usecases.manage_phones import PhoneChange, change_phone, find_phone, list_account_phones, remove_phone
from roost.usecases.pair_phone import create_pairing
from roost.usecases.rotate_token import rotate_token
from roost.web.caller import Caller, caller_with

router = eightms_router("Phones")

Reader = Annotated[Caller, Depends(caller_with(Scope.DEVICES_READ))]
Owner = Annotated[Caller, Depends(caller_with(Scope.DEVICES_MANAGE))]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["21:00"])]

PACING_MEMBERS = frozenset({"gap_seconds", "daily_cap", "warm_up", "quiet_from", "quiet_to", "timezone"})


class SimView(BaseModel):
    slot: int
    carrier: str | None
    number: str | None


class PacingView(BaseModel):
    """`effective_daily_cap`: today's, held down while the phone is new. `next_free_at`: when the next may leave;
    `waits_for`: what it waits for until then (`gap`, `daily_cap`, `quiet_hours`), null when it may leave now.
    """

    gap_seconds: int
    daily_cap: int
    warm_up: bool
    quiet_from: str | None
    quiet_to: str | None
    timezone: str
    effective_daily_cap: int
    booked_today: int
    next_free_at: str
    waits_for: Hold | None


class PhoneView(BaseModel):
    """`connected`: called within the last 20 minutes. `push`: `ok`, `lost`, `misconfigured`, or `none` (it polls).
    `sims_to_confirm`: found in another slot, or new; not used until PATCH with `confirm_sims`, or a tap on the phone.
    `token_rotation_since`: when a new token was asked for that the phone has not used yet.
    """

    id: str = Field(examples=["phn_1"])
    name: str
    model: str
    enabled: bool
    primary: bool
    connected: bool
    presence: Presence
    battery: int | None
    charging: bool | None
    network: str | None
    last_heartbeat_at: str
    paired_at: str
    app: str | None
    push: str
    missing_permissions: list[str]
    alerts: dict[str, Any]
    default_sim: int | None
    sims: list[SimView]
    sims_to_confirm: list[SimView]
    pacing: PacingView
    token_rotation_since: str | None


class PhoneList(BaseModel):
    data: list[PhoneView]


class PhonePatch(Strict):
    name: str | None = Field(default=None, min_length=1, max_length=80)
    enabled: bool | None = None
    primary: bool | None = Field(default=None, description="true moves the mark here")
    default_sim: int | None = Field(default=None, ge=0, le=9, description="Slot that sends when a message names none")
    gap_seconds: int | None = Field(default=None, ge=0, le=86_400, description="Least time between two messages")
    daily_cap: int | None = Field(default=None, ge=0, le=100_000, description="Messages a day, in the phone's zone")
    warm_up: bool | None = Field(default=None, description="Hold the cap down over the first three weeks")
    quiet_from: ClockTime | None = Field(
        default=None, description="Nothing leaves from this local time; null: no quiet hours"
    )
    quiet_to: ClockTime | None = None
    timezone: str | None = Field(default=None, max_length=60, examples=["Europe/Madrid"])
    acknowledge: bool = Field(default=False, description="Needed to go looser than the careful defaults")
    confirm_sims: bool = Field(default=False, description="true: the SIMs in `sims_to_confirm` are right as they are")


class PairingRequest(Strict):
    label: str | None = Field(default=None, min_length=1, max_length=80, description="Becomes the phone's name")


class PairingView(BaseModel):
    """Show one of the links as a QR code to the phone: one use, ten minutes."""

    link: str
    eightms_link: str
    expires_at: str


@router.get("/phones", responses=problems(), summary="List phones with live health")
async def list_all(caller: Reader) -> PhoneList:
    phones, primary = list_account_phones(caller.deps, caller.account)
    now = caller.deps.now()
    return PhoneList(data=[_view(phone, primary, now) for phone in phones])


@router.get("/phones/{phone_id}", responses=problems(404), summary="One phone")
async def read_one(phone_id: str, caller: Reader) -> PhoneView:
    return _with_primary(caller, find_phone(caller.deps, caller.account, ids.parse("phn", phone_id)))


@router.patch(
    "/phones/{phone_id}", responses=problems(404, 409), summary="Rename, enable, disable, choose the SIM, make primary"
)
async def change(phone_id: str, request: PhonePatch, caller: Owner) -> PhoneView:
    pacing = {name: getattr(request, name) for name in PACING_MEMBERS & request.model_fields_set}
    change = PhoneChange(
        request.name,
        request.enabled,
        request.primary,
        request.default_sim,
        pacing,
        request.acknowledge,
        request.confirm_sims,
    )
    return _with_primary(caller, change_phone(caller.deps, caller.account, ids.parse("phn", phone_id), change))


@router.delete("/phones/{phone_id}", status_code=204, responses=problems(404), summary="Unpair a phone")
async def remove(phone_id: str, caller: Owner) -> None:
    """What waited for it goes to another phone; without another it fails and says so."""
    remove_phone(caller.deps, caller.account, ids.parse("phn", phone_id))


@router.post(
    "/phones/{phone_id}/rotate-token", status_code=202, responses=problems(404), summary="Give a phone a new token"
)
async def rotate(phone_id: str, caller: Owner) -> PhoneView:
    """The phone learns it with its next call; the present token works until the phone has used the new one."""
    return _with_primary(caller, rotate_token(caller.deps, caller.account, ids.parse("phn", phone_id)))


@router.post("/pairings", status_code=201, responses=problems(), summary="Make a pairing code")
async def pair(request: PairingRequest, http: Request, caller: Owner) -> PairingView:
    pairing, code = create_pairing(caller.deps, caller.account, request.label)
    base_url = str(http.base_url).rstrip("/")
    return PairingView(
        link=roost_link(base_url, code, request.label),
        eightms_link=eightms_link(base_url, code, request.label),
        expires_at=rfc3339(pairing.expires_at),
    )


def _with_primary(caller: Caller, phone: Phone) -> PhoneView:
    _, primary = list_account_phones(caller.deps, phone.account)
    return _view(phone, primary, caller.deps.now())


def _view(phone: Phone, primary: int | None, now: int) -> PhoneView:
    health = phone.health
    return PhoneView(
        id=ids.spell("phn", phone.number),
        name=phone.name,
        model=phone.model,
        enabled=phone.enabled,
        primary=phone.number == primary,
        connected=phone.presence(now) is Presence.ONLINE,
        presence=phone.presence(now),
        battery=health.get("battery"),
        charging=health.get("charging"),
        network=health.get("net"),
        last_heartbeat_at=rfc3339(phone.seen_at),
        paired_at=rfc3339(phone.paired_at),
        app=health.get("app"),
        push=phone.push.state if phone.push and phone.push.provider == "fcm" else "none",
        missing_permissions=list(health.get("missing", ())),
        alerts={code: {**alert, "at": rfc3339(alert["at"])} for code, alert in phone.alerts.items()},
        default_sim=phone.default_sim,
        sims=_sim_views(phone.sims),
        sims_to_confirm=_sim_views(to_confirm(phone)),
        pacing=_pacing_view(phone, now),
        token_rotation_since=rfc3339(phone.rotating_since) if phone.rotating_since is not None else None,
    )


def _sim_views(sims: Iterable[Sim]) -> list[SimView]:
    return [SimView(slot=sim.slot, carrier=sim.carrier, number=sim.number) for sim in sims]


def _pacing_view(phone: Phone, now: int) -> PacingView:
    pacing, opening = phone.pacing, phone.opening(now)
    return PacingView(
        **asdict(pacing),
        effective_daily_cap=daily_cap(pacing, phone.paired_at, now),
        booked_today=phone.booked.count if phone.booked.day == local_day(pacing, now) else 0,
        next_free_at=rfc3339(opening.at),
        waits_for=opening.hold,
    )
