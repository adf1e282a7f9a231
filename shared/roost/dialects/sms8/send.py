"""/services/send.php: one text to one or many, many texts, a contacts list; with the key alone, the balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_list import fits, message_views
from roost.dialects.sms8.message_view import Sms8Message
from roost.dialects.sms8.router import Call, add_service, call_with
from roost.dialects.sms8.send_fields import SendFields
from roost.dialects.sms8.senders import selection_of
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest, TooLarge
from roost.domain.instants import SECOND
from roost.domain.messages import Kind, Message, Priority
from roost.usecases.count_request import count_request
from roost.usecases.manage_lists import subscribed_numbers
from roost.usecases.read_account import read_account
from roost.usecases.send_batch import send_batch
from roost.usecases.send_selected import send_selected
from roost.usecases.share_out import BatchItem, BatchSubmission
from roost.usecases.submission import Submission
from roost.web.caller import Caller
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)


KINDS: Mapping[str, Kind] = MappingProxyType({"sms": Kind.SMS, "mms": Kind.MMS})


class Sms8Sent(BaseModel):
    """`credits`: only where nothing was to be sent: a number, or `Unlimited`."""

    messages: list[Sms8Message] | None = None
    credits: int | str | None = None


Sending = Annotated[Call[SendFields], Depends(call_with(Scope.MESSAGES_SEND, SendFields, sends=True))]


async def send(call: Sending) -> Response:
    """Accepted and durable when this answers: all of it, or nothing. The first bad item refuses the request."""
    caller, wanted = call.caller, call.fields
    if wanted.sends_nothing:
        return answer({"credits": _credits(caller)})
    wanted.check()
    return answer({"messages": message_views(_send(caller, wanted, _items(caller, wanted)))})


def _credits(caller: Caller) -> int | str:
    count_request(caller.deps, caller.api_key)
    left = read_account(caller.deps, caller.account).credits
    return "Unlimited" if left is None else left


def _items(caller: Caller, wanted: SendFields) -> list[BatchItem]:
    if wanted.messages is not None:
        return [
            BatchItem(item.number, item.message, kind=KINDS[item.type], attachments=tuple(item.attachments))
            for item in wanted.messages
        ]
    numbers = wanted.number
    if numbers is None:
        numbers = list(subscribed_numbers(caller.deps, caller.account, wanted.list_id))
        if not numbers:
            raise InvalidRequest.of("listID", "is a list that nobody is subscribed to")
    text, kind, attachments = wanted.message or "", KINDS[wanted.type], tuple(wanted.attachments)
    return [BatchItem(number, text, kind=kind, attachments=attachments) for number in numbers]


def _send(caller: Caller, wanted: SendFields, items: Sequence[BatchItem]) -> Sequence[Message]:
    if not fits(item.text for item in items):
        raise TooLarge("The answer would be larger than 6 MB: send these messages in several requests")
    selection = selection_of(caller, wanted.devices, wanted.option, wanted.use_random_device)
    send_at = wanted.schedule * SECOND if wanted.schedule else None
    if len(items) == 1 and wanted.list_id is None:
        alone = Submission(
            to=items[0].to,
            text=items[0].text,
            to_field="number" if wanted.messages is None else "messages.0.number",
            text_field="message" if wanted.messages is None else "messages.0.message",
            kind=items[0].kind,
            attachments=items[0].attachments,
            attachments_field="attachments" if wanted.messages is None else "messages.0.attachments",
            priority=Priority.URGENT if wanted.prioritize else Priority.NORMAL,
            send_at=send_at,
        )
        return [send_selected(caller.deps, caller.sender, alone, selection).message]
    many = BatchSubmission(
        items=items,
        shared_text=wanted.messages is None,
        selection=selection,
        priority=Priority.URGENT if wanted.prioritize else Priority.BULK,
        send_at=send_at,
        skip_opted_out=wanted.list_id is not None,
        to_field="number.{index}" if wanted.messages is None else "messages.{index}.number",
        text_field="message" if wanted.messages is None else "messages.{index}.message",
        attachments_field="attachments" if wanted.messages is None else "messages.{index}.attachments",
    )
    return send_batch(caller.deps, caller.sender, many).messages


add_service(
    router,
    send,
    "/services/send.php",
    fields=SendFields,
    response_model=Envelope[Sms8Sent],
    summary="Send messages, or read the balance",
)
