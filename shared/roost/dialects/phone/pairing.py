"""POST /phone/v1/pair, PUT /phone/v1/push, POST /phone/v1/unpair (protocol §3, §4, §20)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import BaseModel, Field

from roost.dialects.phone.router import bounded_body, phone_router
from roost.domain import ids
from roost.domain.instants import rfc3339
from roost.domain.phone_config import phone_config
from roost.domain.phones import PushAddress, Sim
from roost.usecases.manage_phones import unpair_phone
from roost.usecases.pair_phone import Installation, pair_phone
from roost.usecases.register_push import register_push
from roost.web.caller import Anybody, PhoneCaller, calling_phone

router = phone_router()


class WireDevice(BaseModel):
    model: str = Field(min_length=1, max_length=80)
    sdk: int | None = None
    app: str | None = None


class PairedSim(BaseModel):
    slot: int = Field(ge=0, le=9)
    sim_id: str = Field(min_length=1, max_length=100)
    carrier: str | None = None
    mccmnc: str | None = None
    number: str | None = None


class PairRequest(BaseModel):
    code: str = Field(min_length=1, max_length=100)
    install_id: str = Field(min_length=1, max_length=100)
    store_id: str = Field(min_length=1, max_length=100)
    device: WireDevice
    sims: list[PairedSim] = Field(default_factory=list, max_length=8)


class PushRequest(BaseModel):
    provider: Literal["fcm", "none"]
    kind: Literal["token", "fid"] = "token"
    value: str = Field(default="", max_length=4_096)
    project_id: str | None = None


@router.post("/pair", dependencies=[Depends(bounded_body)], summary="Redeem a pairing code")
async def pair(request: PairRequest, deps: Anybody) -> dict[str, Any]:
    phone, token, firebase = pair_phone(deps, request.code, _installation(request))
    return {
        "device_id": ids.spell("phn", phone.number),
        "token": token,
        "server_time": rfc3339(deps.now()),
        "firebase": firebase.model_dump() if firebase else None,
        "config": phone_config(phone.sims),
    }


@router.put("/push", status_code=204, dependencies=[Depends(bounded_body)], summary="How to wake this phone")
async def push(request: PushRequest, caller: Annotated[PhoneCaller, Depends(calling_phone)]) -> None:
    address = PushAddress(request.provider, request.kind, request.value, request.project_id)
    register_push(caller.deps, caller.phone, address if request.provider == "fcm" and request.value else None)


@router.post("/unpair", status_code=204, summary="Leave")
async def unpair(caller: Annotated[PhoneCaller, Depends(calling_phone)]) -> None:
    unpair_phone(caller.deps, caller.phone)


def _installation(request: PairRequest) -> Installation:
    sims = tuple(Sim(sim.slot, sim.sim_id, sim.carrier, sim.mccmnc, sim.number) for sim in request.sims)
    health = request.device.model_dump(include={"sdk", "app"}, exclude_none=True)
    return Installation(request.install_id, request.store_id, request.device.model, sims, health)
