"""/services/read-messages.php, under its other names too."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_view import Sms8Message, message_view
from roost.dialects.sms8.router import Call, Fields, add_service, call_with
from roost.dialects.sms8.values import Whole
from roost.domain.api_keys import Scope
from roost.usecases.read_messages import read_message
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)


class Selection(Fields):
    id: Whole | None = None


class Messages(BaseModel):
    messages: list[Sms8Message]


async def read_messages(
    call: Annotated[Call[Selection], Depends(call_with(Scope.MESSAGES_READ, Selection))],
) -> Response:
    caller, wanted = call.caller, call.fields
    messages = [read_message(caller.deps, caller.account, wanted.id)]
    return answer({"messages": [message_view(message) for message in messages]})


add_service(
    router,
    read_messages,
    "/services/read-messages.php",
    "/services/get-messages.php",
    "/services/get-msgs.php",
    fields=Selection,
    response_model=Envelope[Messages],
    summary="Read messages",
)
