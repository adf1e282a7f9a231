"""/api.php?action=send|inbox|devices: what the service's JavaScript and PHP examples call. `error` is text here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from roost.dialects.sms8.answers import text_only_error
from roost.dialects.sms8.device_view import devices_of
from roost.dialects.sms8.message_view import message_view
from roost.dialects.sms8.router import Fields, SentFields, add_service, checked, secret_of_call
from roost.dialects.sms8.senders import selection_of
from roost.dialects.sms8.values import PhoneNumber, Whole
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.messages import Direction
from roost.domain.selections import Line
from roost.usecases.count_request import count_request
from roost.usecases.read_messages import MessageFilter, list_messages
from roost.usecases.send_selected import send_selected
from roost.usecases.submission import Submission
from roost.web.caller import Caller, sender_with
from roost.web.dialect import dialect_router

router = dialect_router(text_only_error)

SCOPES: Mapping[str, Scope] = MappingProxyType({"send": Scope.MESSAGES_SEND, "devices": Scope.DEVICES_READ})
"""Of all other actions, known or not, the scope of reading is asked for."""

DIRECTIONS: Mapping[str, Direction | None] = MappingProxyType(
    {"all": None, "received": Direction.IN, "sent": Direction.OUT}
)


class SendFields(Fields):
    phone: PhoneNumber
    message: str
    device_id: Whole | None = None


class InboxFields(Fields):
    direction: Literal["all", "received", "sent"] = "all"
    limit: int = Field(default=25, ge=1, le=100)


class ActionFields(Fields):
    """What the actions take, for the documentation; each reads its own."""

    action: str = Field(description="send, inbox or devices")
    phone: str | None = Field(default=None, description="send: E.164")
    message: str | None = Field(default=None, description="send")
    device_id: Whole | None = Field(default=None, description="send: by this device, else by the primary one")
    direction: str | None = Field(default=None, description="inbox: all, received or sent")
    limit: Whole | None = Field(default=None, description="inbox: 1 to 100, 25 without it")


class ActionAnswer(BaseModel):
    """`message_id` of send; `messages` of inbox, `devices` of devices, each with their `count`."""

    success: bool
    error: str | None = None
    message_id: int | None = None
    count: int | None = None
    messages: list[dict[str, Any]] | None = None
    devices: list[dict[str, Any]] | None = None


async def run_action(
    request: Request, sent: SentFields, secret: Annotated[str | None, Depends(secret_of_call)]
) -> Response:
    """Send to one number, read the newest messages, or list devices."""
    action = sent.get("action", "")
    caller = await sender_with(SCOPES.get(action, Scope.MESSAGES_READ))(request, secret)
    if action not in ACTIONS:
        raise InvalidRequest.of("action", "must be send, inbox or devices")
    return JSONResponse({"success": True, **ACTIONS[action](caller, sent)})


def _send(caller: Caller, sent: Mapping[str, str]) -> dict[str, Any]:
    wanted = checked(SendFields, sent)
    submission = Submission(wanted.phone, wanted.message, to_field="phone", text_field="message")
    devices = (Line(wanted.device_id),) if wanted.device_id else ()
    accepted = send_selected(caller.deps, caller.sender, submission, selection_of(caller, devices, 0, False))
    return {"message_id": accepted.message.id}


def _inbox(caller: Caller, sent: Mapping[str, str]) -> dict[str, Any]:
    """The newest. Where the wanted direction is rare only the newest thousand messages are looked through."""
    wanted = checked(InboxFields, sent)
    count_request(caller.deps, caller.api_key)
    selected = MessageFilter(direction=DIRECTIONS[wanted.direction])
    messages, _ = list_messages(caller.deps, caller.account, selected, wanted.limit, None)
    return {"count": len(messages), "messages": [message_view(message) for message in messages]}


def _devices(caller: Caller, _: Mapping[str, str]) -> dict[str, Any]:
    count_request(caller.deps, caller.api_key)
    devices = devices_of(caller)
    return {"count": len(devices), "devices": devices}


ACTIONS: Mapping[str, Callable[[Caller, Mapping[str, str]], dict[str, Any]]] = MappingProxyType(
    {"send": _send, "inbox": _inbox, "devices": _devices}
)

add_service(
    router,
    run_action,
    "/api.php",
    fields=ActionFields,
    key="api_key",
    response_model=ActionAnswer,
    summary="Send, read the inbox or list devices",
)
