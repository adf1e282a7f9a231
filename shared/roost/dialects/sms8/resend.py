"""/services/resend.php"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_view import message_view
from roost.dialects.sms8.read_messages import Messages, Selection
from roost.dialects.sms8.router import Call, add_service, call_with
from roost.domain.api_keys import Scope
from roost.usecases.resend_message import resend_message
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)


async def resend(
    call: Annotated[Call[Selection], Depends(call_with(Scope.MESSAGES_SEND, Selection, sends=True))],
) -> Response:
    """The same text to the same number once more, as a new message."""
    caller, wanted = call.caller, call.fields
    messages = [resend_message(caller.deps, caller.sender, wanted.id).message]
    return answer({"messages": [message_view(message) for message in messages]})


add_service(
    router,
    resend,
    "/services/resend.php",
    fields=Selection,
    response_model=Envelope[Messages],
    summary="Send messages again",
)
