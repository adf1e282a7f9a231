"""/v1/ussd."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, Field

from roost.dialects.eightms.list_query import Limit, SimSlot, Since, Until, instant_of, parsed_id
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.send_message import phone_number_of
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.instants import rfc3339
from roost.domain.messages import FINAL, Message
from roost.domain.ussd import SHOWN_AS, UssdStatus
from roost.usecases.run_ussd import UssdFilter, UssdRequest, list_ussd, read_ussd, run_ussd
from roost.usecases.submission import Idempotency
from roost.web.caller import Caller, caller_with, sender_with
from roost.web.idempotency import idempotency_of

router = eightms_router("USSD")

Runner = Annotated[Caller, Depends(sender_with(Scope.USSD_RUN))]
Reader = Annotated[Caller, Depends(caller_with(Scope.USSD_READ))]


class RunRequest(Strict):
    code: str = Field(examples=["*150#"])
    phone_id: str | None = Field(default=None, description="The phone that runs it; without it the one free first")
    sim_slot: int | None = Field(default=None, ge=0, le=9)


class UssdView(BaseModel):
    """`answer`: what the network said, once `status` is `answered`. `unknown`: it may have run, nobody heard."""

    id: str = Field(examples=["uss_374928374928"])
    code: str
    phone_id: str | None
    sim_slot: int | None
    status: UssdStatus
    answer: str | None
    error: dict[str, Any] | None
    created_at: str
    ended_at: str | None
    expires_at: str


class UssdPage(BaseModel):
    """`next_cursor`: give it back as `cursor` for older ones; null at the end."""

    data: list[UssdView]
    next_cursor: str | None


@router.post("/ussd", status_code=201, responses=problems(404, 409), summary="Run a USSD code on a phone")
async def run(
    request: RunRequest,
    caller: Runner,
    idempotency: Annotated[Idempotency | None, Depends(idempotency_of)],
) -> UssdView:
    """A phone runs one code at a time. The answer comes within seconds: read it, or let a webhook tell."""
    phone = phone_number_of(request.phone_id) if request.phone_id is not None else None
    wanted = UssdRequest(request.code, phone=phone, sim_slot=request.sim_slot)
    return _view(run_ussd(caller.deps, caller.sender, wanted, idempotency))


@router.get("/ussd", responses=problems(), summary="List USSD requests, newest first")
async def list_all(
    caller: Reader,
    code: str | None = None,
    status: UssdStatus | None = None,
    phone_id: str | None = None,
    sim_slot: SimSlot = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> UssdPage:
    """A page may be shorter than `limit`, or empty, while `next_cursor` is there: go on until it is null."""
    phone = parsed_id("phn", "phone_id", phone_id)
    wanted = UssdFilter(code, status, phone, sim_slot, instant_of(since), instant_of(until))
    page, below = list_ussd(caller.deps, caller.account, wanted, limit, parsed_id("uss", "cursor", cursor))
    next_cursor = ids.spell("uss", below) if below is not None else None
    return UssdPage(data=[_view(request) for request in page], next_cursor=next_cursor)


@router.get("/ussd/{request_id}", responses=problems(404), summary="One USSD request and its answer")
async def read_one(request_id: str, caller: Reader) -> UssdView:
    return _view(read_ussd(caller.deps, caller.account, ids.parse("uss", request_id)))


def _view(request: Message) -> UssdView:
    ended = [at for status, at in request.moves.items() if status in FINAL]
    return UssdView(
        id=ids.spell("uss", request.id),
        code=request.text,
        phone_id=ids.spell("phn", request.phone) if request.phone is not None else None,
        sim_slot=request.sim_slot,
        status=SHOWN_AS[request.status],
        answer=request.answer,
        error=dict(request.error) if request.error else None,
        created_at=rfc3339(request.created_at),
        ended_at=rfc3339(max(ended)) if request.is_final and ended else None,
        expires_at=rfc3339(request.expires_at),
    )
