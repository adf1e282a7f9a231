"""What somebody does with a conversation: read, answer, archive, assign or stop it; and the settings of them all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from roost.dialects.eightms.conversation_view import ConversationView, conversation_view
from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.dialects.eightms.send_message import phone_number_of
from roost.domain.api_keys import Scope
from roost.domain.attachments import MOST_ATTACHMENTS
from roost.domain.conversation_settings import LONGEST_CONFIRMATION, MOST_CLASSIFIED, ConversationSettings
from roost.domain.conversations import Conversation
from roost.domain.errors import InvalidRequest
from roost.domain.messages import Kind
from roost.domain.phone_numbers import is_e164
from roost.domain.waiting import why_waiting
from roost.usecases.change_conversation import archive, assign, mark_read, reply
from roost.usecases.conversation_settings import change_conversation_settings, read_conversation_settings
from roost.usecases.opt_outs import change_opt_out
from roost.usecases.read_conversations import find_conversation, party_of, with_contacts
from roost.usecases.submission import Idempotency, Submission
from roost.web.caller import Caller, caller_with, sender_with
from roost.web.idempotency import idempotency_of
from roost.web.rate_limit import rate_limit_headers

router = eightms_router("Conversations")

Manager = Annotated[Caller, Depends(caller_with(Scope.CONVERSATIONS_MANAGE))]


class ReplyRequest(Strict):
    body: str = Field(description="1 to 1,600 characters; empty if an MMS goes without")
    type: Literal["sms", "mms"] = "sms"
    attachments: list[str] = Field(default_factory=list, max_length=MOST_ATTACHMENTS)
    phone_id: str | None = Field(default=None, description="Without it the phone that holds the conversation")
    sim_slot: int | None = Field(default=None, ge=0, le=9, description="Of `phone_id`")


class AssignRequest(Strict):
    assigned_to: str | None = Field(description="The address of somebody who signs in to this account; null: nobody")


class DoNotContactRequest(Strict):
    do_not_contact: bool


class ConversationSettingsView(BaseModel):
    """`confirmation`: the text that answers a STOP, null for that of `language`. `codes_despite_opt_out`: one-time
    codes reach who answered STOP, too. `classified_a_day`: at most so many replies (UTC day) go to the classifier."""

    language: str = Field(examples=["en", "es"])
    confirms_opt_outs: bool
    confirmation: str | None
    codes_despite_opt_out: bool
    classifies_replies: bool
    classified_a_day: int


class ConversationSettingsChange(Strict):
    """What is left out stays."""

    language: Literal["en", "es"] = "en"
    confirms_opt_outs: bool = True
    confirmation: str | None = Field(default=None, max_length=LONGEST_CONFIRMATION)
    codes_despite_opt_out: bool = False
    classifies_replies: bool = False
    classified_a_day: int = Field(default=0, ge=0, le=MOST_CLASSIFIED)


@router.get("/conversation-settings", responses=problems(), summary="How conversations are kept")
async def read_settings(caller: Manager) -> ConversationSettingsView:
    return _settings_view(read_conversation_settings(caller.deps, caller.account))


@router.patch("/conversation-settings", responses=problems(), summary="Change how conversations are kept")
async def change_settings(request: ConversationSettingsChange, caller: Manager) -> ConversationSettingsView:
    changes = request.model_dump(exclude_unset=True)
    return _settings_view(change_conversation_settings(caller.deps, caller.account, changes))


@router.post("/conversations/{conversation_id}/read", responses=problems(404, 503), summary="Mark it read")
async def read(conversation_id: str, caller: Manager) -> ConversationView:
    return _view(caller, mark_read(caller.deps, caller.account, conversation_id))


@router.post("/conversations/{conversation_id}/archive", responses=problems(404, 503), summary="Put it away")
async def put_away(conversation_id: str, caller: Manager) -> ConversationView:
    """Until it is reopened or the other side writes again."""
    return _view(caller, archive(caller.deps, caller.account, conversation_id, archived=True))


@router.post("/conversations/{conversation_id}/reopen", responses=problems(404, 503), summary="Take it back")
async def reopen(conversation_id: str, caller: Manager) -> ConversationView:
    return _view(caller, archive(caller.deps, caller.account, conversation_id, archived=False))


@router.post("/conversations/{conversation_id}/assign", responses=problems(404, 503), summary="Give it to somebody")
async def give(conversation_id: str, request: AssignRequest, caller: Manager) -> ConversationView:
    return _view(caller, assign(caller.deps, caller.account, conversation_id, request.assigned_to))


@router.post("/conversations/{conversation_id}/do-not-contact", responses=problems(404, 503), summary="Stop it, or not")
async def stop(conversation_id: str, request: DoNotContactRequest, caller: Manager) -> ConversationView:
    """As if the other side had answered STOP or START, without a word to it: what waits for it is withdrawn."""
    known = find_conversation(caller.deps, caller.account, conversation_id)
    number = known.conversation.peer
    if not is_e164(number):
        raise InvalidRequest.of("conversation_id", "is of a sender without a number: nothing can be sent to it")
    change_opt_out(caller.deps, caller.account, number, do_not_contact=request.do_not_contact)
    return _view(caller, known.conversation)


@router.post(
    "/conversations/{conversation_id}/reply",
    status_code=201,
    responses=problems(402, 404, 409, 503),
    summary="Answer it",
)
async def answer(
    conversation_id: str,
    request: ReplyRequest,
    response: Response,
    caller: Annotated[Caller, Depends(sender_with(Scope.MESSAGES_SEND))],
    idempotency: Annotated[Idempotency | None, Depends(idempotency_of)],
) -> MessageView:
    """By the phone and SIM that hold it, before what waits there and without its gap; the day's cap holds. To a number
    (`+14155551234` as the id) that was never written to it begins a conversation."""
    if request.sim_slot is not None and request.phone_id is None:
        raise InvalidRequest.of("sim_slot", "is of a phone: name its phone_id, too")
    wanted = Submission(
        to=party_of(conversation_id),
        text=request.body,
        to_field="conversation_id",
        kind=Kind(request.type),
        attachments=tuple(request.attachments),
        phone=phone_number_of(request.phone_id) if request.phone_id is not None else None,
        sim_slot=request.sim_slot,
    )
    accepted = reply(caller.deps, caller.sender, conversation_id, wanted, idempotency)
    response.headers.update(rate_limit_headers(accepted.quotas))
    if accepted.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return view_of(accepted.message, why_waiting(accepted.message, accepted.phone, accepted.message.created_at))


def _view(caller: Caller, conversation: Conversation) -> ConversationView:
    return conversation_view(with_contacts(caller.deps, caller.account, [conversation])[0])


def _settings_view(settings: ConversationSettings) -> ConversationSettingsView:
    return ConversationSettingsView(**asdict(settings))
