"""/services/resend.php"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_filter import MessageFields, filter_of
from roost.dialects.sms8.message_list import Messages, message_views
from roost.dialects.sms8.router import Call, add_service, call_with
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest, NothingMatches
from roost.usecases.resend_message import resend_message, resend_messages
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)

Resending = Annotated[Call[MessageFields], Depends(call_with(Scope.MESSAGES_SEND, MessageFields, sends=True))]


async def resend(call: Resending) -> Response:
    """The same texts to the same numbers once more, as new messages of one group. What may still leave is left out."""
    caller, wanted = call.caller, call.fields
    if wanted.id is not None:
        return answer({"messages": message_views([resend_message(caller.deps, caller.sender, wanted.id).message])})
    if wanted.group_id is None and wanted.status is None:
        raise InvalidRequest.of("id", "is missing: name an id, a groupId or a status")
    selected = filter_of(caller, wanted)
    try:
        accepted = resend_messages(caller.deps, caller.sender, selected)
    except NothingMatches:
        return answer({"messages": []})
    return answer({"messages": message_views(accepted.messages)})


add_service(
    router,
    resend,
    "/services/resend.php",
    fields=MessageFields,
    response_model=Envelope[Messages],
    summary="Send messages again",
)
