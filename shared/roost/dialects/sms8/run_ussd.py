"""/services/send-ussd-request.php and /services/read-ussd-requests.php"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_view import date, text_or_none
from roost.dialects.sms8.router import Call, Fields, add_service, call_with
from roost.dialects.sms8.values import Slot, Timestamp, Whole
from roost.domain.api_keys import Scope
from roost.domain.instants import SECOND
from roost.domain.messages import FINAL, Message
from roost.usecases.manage_phones import known_phone
from roost.usecases.run_ussd import UssdFilter, UssdRequest, list_ussd, read_ussd, run_ussd
from roost.web.caller import Caller
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)

MOST_SHOWN = 1_000


class RunFields(Fields):
    request: str = Field(description="The code, for example *150#")
    device: Whole | None = Field(default=None, description="The device that runs it; without it the one free first")
    sim: Slot | None = Field(default=None, description="0 is the first SIM")


class ReadFields(Fields):
    """`id` alone, or any of the rest together."""

    id: Whole | None = None
    request: str | None = Field(default=None, description="The code")
    device_id: Whole | None = Field(default=None, alias="deviceID")
    sim_slot: Slot | None = Field(default=None, alias="simSlot")
    start: Timestamp | None = Field(default=None, alias="startTimestamp", description="Unix timestamp, inclusive")
    end: Timestamp | None = Field(default=None, alias="endTimestamp", description="Unix timestamp, inclusive")


class Sms8UssdRequest(BaseModel):
    """`response`: null until the network has answered."""

    ID: str
    request: str
    response: str | None
    deviceID: str | None  # noqa: N815 - SMS8's spelling, here and below
    simSlot: str | None  # noqa: N815
    userID: str  # noqa: N815
    sentDate: str  # noqa: N815
    responseDate: str | None  # noqa: N815


class OneRequest(BaseModel):
    request: Sms8UssdRequest


class ManyRequests(BaseModel):
    requests: list[Sms8UssdRequest]


Running = Annotated[Call[RunFields], Depends(call_with(Scope.USSD_RUN, RunFields, sends=True))]
Reading = Annotated[Call[ReadFields], Depends(call_with(Scope.USSD_READ, ReadFields))]


async def send_ussd_request(call: Running) -> Response:
    """Run a code of the carrier on a device, which does one at a time. The response is read later."""
    caller, wanted = call.caller, call.fields
    phone = wanted.device or None  # 0 is how clients spell none
    asked = UssdRequest(wanted.request, code_field="request", phone=phone, sim_slot=wanted.sim)
    return answer({"request": _view(run_ussd(caller.deps, caller.sender, asked))})


async def read_ussd_requests(call: Reading) -> Response:
    """Newest first, the 1,000 newest of those that match."""
    caller, wanted = call.caller, call.fields
    if wanted.id is not None:
        return answer({"requests": [_view(read_ussd(caller.deps, caller.account, wanted.id))]})
    if wanted.device_id is not None:
        known_phone(caller.deps, caller.account, wanted.device_id)
    return answer({"requests": [_view(found) for found in _matching(caller, wanted)]})


def _matching(caller: Caller, wanted: ReadFields) -> list[Message]:
    selected = UssdFilter(
        code=wanted.request,
        phone=wanted.device_id,
        sim_slot=wanted.sim_slot,
        since=wanted.start * SECOND if wanted.start is not None else None,
        until=wanted.end * SECOND + SECOND - 1 if wanted.end is not None else None,
    )
    found, below = list_ussd(caller.deps, caller.account, selected, MOST_SHOWN, None)
    while below is not None and len(found) < MOST_SHOWN:
        more, below = list_ussd(caller.deps, caller.account, selected, MOST_SHOWN - len(found), below)
        found += more
    return found


def _view(request: Message) -> dict[str, Any]:
    ended = max((at for status, at in request.moves.items() if status in FINAL), default=None)
    return {
        "ID": str(request.id),
        "request": request.text,
        "response": request.answer,
        "deviceID": text_or_none(request.phone),
        "simSlot": text_or_none(request.sim_slot),
        "userID": request.account,
        "sentDate": date(request.created_at),
        "responseDate": date(ended) if request.answer is not None and ended is not None else None,
    }


add_service(
    router,
    send_ussd_request,
    "/services/send-ussd-request.php",
    fields=RunFields,
    response_model=Envelope[OneRequest],
    summary="Run a USSD code",
)
add_service(
    router,
    read_ussd_requests,
    "/services/read-ussd-requests.php",
    fields=ReadFields,
    response_model=Envelope[ManyRequests],
    summary="Read USSD requests and their responses",
)
