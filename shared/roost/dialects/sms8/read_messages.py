"""/services/read-messages.php, under its other names too."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.message_filter import MessageFields, filter_of
from roost.dialects.sms8.message_list import DOCUMENTED_MEMBERS, MOST_BYTES, Messages, message_views, weight
from roost.dialects.sms8.router import Call, add_service, call_with
from roost.domain.api_keys import Scope
from roost.domain.instants import SECOND
from roost.domain.messages import Message
from roost.usecases.read_messages import MessageFilter, all_messages, read_message
from roost.web.caller import Caller
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)

Reading = Annotated[Call[MessageFields], Depends(call_with(Scope.MESSAGES_READ, MessageFields))]

MOST_EXAMINED = 20_000
"""Where little matches an answer ends here and says where to go on: no request reads without end."""


async def read_messages(call: Reading) -> Response:
    """Newest first. One by `id`, all of a group by `groupId`, or what matches the rest."""
    caller, wanted = call.caller, call.fields
    if wanted.id is not None:
        return answer({"messages": message_views([read_message(caller.deps, caller.account, wanted.id)])})
    found, go_on_at = _matching(caller, filter_of(caller, wanted))
    if wanted.group_id is not None:
        found.reverse()  # as it was sent
    data = {"messages": message_views(found)}
    return answer(data if go_on_at is None else data | {"nextEndTimestamp": go_on_at // SECOND})


def _matching(caller: Caller, wanted: MessageFilter) -> tuple[list[Message], int | None]:
    """What one answer has room for, and the instant of the first message that was left out."""
    found: list[Message] = []
    room = MOST_BYTES
    for examined, message in enumerate(all_messages(caller.deps, caller.account, wanted), start=1):
        matches = wanted.matches(message)
        room -= DOCUMENTED_MEMBERS + weight(message.text) if matches else 0
        if room < 0 or examined > MOST_EXAMINED:
            return found, message.created_at
        if matches:
            found.append(message)
    return found, None


add_service(
    router,
    read_messages,
    "/services/read-messages.php",
    "/services/get-messages.php",
    "/services/get-msgs.php",
    fields=MessageFields,
    response_model=Envelope[Messages],
    summary="Read messages",
)
