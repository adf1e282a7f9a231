"""POST /v1/sms/batch."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.send_message import PRIORITIES
from roost.dialects.eightms.send_options import SendOptions
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.instants import SECOND, from_datetime
from roost.domain.messages import MessageStatus, shown_status
from roost.domain.selections import Every, Line, Selection
from roost.usecases.send_batch import AcceptedBatch, send_batch
from roost.usecases.share_out import BatchItem, BatchSubmission
from roost.usecases.submission import Idempotency
from roost.web.caller import Caller, sender_with
from roost.web.idempotency import idempotency_of

router = eightms_router("Messages")

SENDER = re.compile(r"(?P<phone>[^|]+)(?:\|(?P<slot>\d))?")


class BatchMessage(Strict):
    to: str = Field(description="E.164", examples=["+14155551234"])
    body: str = Field(description="1 to 1,600 characters", examples=["Hello Ann"])


class BatchRequest(SendOptions):
    """Either `messages`, each with its own text, or one `body` `to` many. Together at most 10,000 and 6 MB."""

    messages: list[BatchMessage] | None = None
    to: list[str] | None = Field(default=None, examples=[["+14155551234", "+14155551235"]])
    body: str | None = Field(default=None, description="The one text for everybody in `to`")
    senders: list[str] | Literal["all_phones", "all_sims"] | None = Field(
        default=None,
        description="Deal the messages out one by one to these phones, or SIMs of phones (`phn_2|0`), or to every "
        "enabled phone (`all_phones`) or SIM (`all_sims`). Without it whichever phone is free takes the next.",
        examples=[["phn_1", "phn_2|0", "phn_2|1"]],
    )
    random_sender: bool = Field(default=False, description="One of the senders, at random, sends everything")
    priority: str = Field(default="bulk", pattern="^(bulk|normal|urgent)$")


class BatchedMessage(BaseModel):
    id: str = Field(examples=["msg_374928374928"])
    to: str
    status: MessageStatus


class BatchView(BaseModel):
    """`messages` in the order of the request."""

    group_id: str = Field(examples=["grp_374928374928"])
    count: int
    messages: list[BatchedMessage]


@router.post("/sms/batch", status_code=201, responses=problems(404, 409, 413, 503), summary="Send many SMS at once")
async def send(
    request: BatchRequest,
    response: Response,
    caller: Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))],
    idempotency: Annotated[Idempotency | None, Depends(idempotency_of)],
) -> BatchView:
    """All of them are accepted and durable when this answers, or none: `errors` names the first bad one by its place.
    Repeat it safely with an `Idempotency-Key`."""
    return view_of_batch(send_batch(caller.deps, caller.sender, _submission(request), idempotency), response)


def view_of_batch(accepted: AcceptedBatch, response: Response) -> BatchView:
    if accepted.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    messages = [
        BatchedMessage(id=ids.spell("msg", message.id), to=message.peer, status=shown_status(message))
        for message in accepted.messages
    ]
    return BatchView(group_id=ids.spell("grp", accepted.group), count=len(messages), messages=messages)


def _submission(request: BatchRequest) -> BatchSubmission:
    shared = request.messages is None
    return BatchSubmission(
        items=_items(request),
        shared_text=shared,
        selection=Selection(_senders(request.senders), pick_one=request.random_sender),
        priority=PRIORITIES[request.priority],
        lifetime=request.ttl_seconds * SECOND,
        send_at=from_datetime(request.send_at) if request.send_at is not None else None,
        retry_unknown=request.on_unknown == "resend",
        to_field="to.{index}" if shared else "messages.{index}.to",
        text_field="body" if shared else "messages.{index}.body",
    )


def _items(request: BatchRequest) -> list[BatchItem]:
    if request.messages is not None:
        if request.to is not None or request.body is not None:
            raise InvalidRequest.of("messages", "and to/body exclude each other: use one of the two forms")
        return [BatchItem(message.to, message.body) for message in request.messages]
    if request.to is None or request.body is None:
        raise InvalidRequest.of("messages", "are missing: send messages, or to together with body")
    return [BatchItem(number, request.body) for number in request.to]


def _senders(wanted: list[str] | str | None) -> tuple[Line, ...] | Every:
    if isinstance(wanted, str):
        return Every(wanted)
    if wanted is not None and not wanted:
        raise InvalidRequest.of("senders", "are none: leave them out, and any free phone sends")
    return tuple(_sender(text, place) for place, text in enumerate(wanted or ()))


def _sender(text: str, place: int) -> Line:
    match = SENDER.fullmatch(text)
    phone = ids.parse("phn", match["phone"]) if match else None
    if match is None or phone is None:
        raise InvalidRequest.of(f"senders.{place}", "is no sender, they look like phn_2 or phn_2|0")
    return Line(phone, int(match["slot"]) if match["slot"] else None)
