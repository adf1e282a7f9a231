"""GET /v1/calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from roost.dialects.eightms.list_query import Limit, SimSlot, Since, Until, instant_of, parsed_id
from roost.dialects.eightms.router import eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.instants import rfc3339
from roost.domain.messages import Message
from roost.usecases.list_calls import CallFilter, list_calls, missed_at
from roost.web.caller import Caller, caller_with

router = eightms_router("Messages")

Reader = Annotated[Caller, Depends(caller_with(Scope.MESSAGES_READ))]


class CallView(BaseModel):
    """`from`: the caller's number, or `unknown` where it was hidden."""

    model_config = ConfigDict(populate_by_name=True)

    id: str = Field(examples=["cal_374928374928"])
    from_: str = Field(alias="from")
    phone_id: str | None
    sim_slot: int | None
    missed_at: str
    reported_at: str


class CallPage(BaseModel):
    """`next_cursor`: give it back as `cursor` for older ones; null at the end."""

    data: list[CallView]
    next_cursor: str | None


@router.get("/calls", responses=problems(), summary="List missed calls, newest first")
async def list_all(
    caller: Reader,
    phone_id: str | None = None,
    sim_slot: SimSlot = None,
    number: Annotated[str | None, Query(description="The caller, E.164 (a plus is %2B in a URL)")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> CallPage:
    """A page may be shorter than `limit`, or empty, while `next_cursor` is there: go on until it is null."""
    phone = parsed_id("phn", "phone_id", phone_id)
    wanted = CallFilter(phone, sim_slot, number, instant_of(since), instant_of(until))
    page, below = list_calls(caller.deps, caller.account, wanted, limit, parsed_id("cal", "cursor", cursor))
    next_cursor = ids.spell("cal", below) if below is not None else None
    return CallPage(data=[_view(call) for call in page], next_cursor=next_cursor)


def _view(call: Message) -> CallView:
    return CallView(
        id=ids.spell("cal", call.id),
        from_=call.peer,
        phone_id=ids.spell("phn", call.phone) if call.phone is not None else None,
        sim_slot=call.sim_slot,
        missed_at=rfc3339(missed_at(call)),
        reported_at=rfc3339(call.created_at),
    )
