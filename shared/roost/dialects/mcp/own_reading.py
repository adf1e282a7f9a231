"""Roost's own tools that read: list_conversations, read_conversation, list_campaigns."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from roost.dialects.eightms.campaign_view import CampaignView, campaign_view
from roost.dialects.eightms.conversation_view import ConversationView, conversation_view
from roost.dialects.eightms.message_view import MessageView, view_of
from roost.dialects.eightms.read_conversations import STATUSES
from roost.dialects.mcp.tool import READS, Arguments, Tool, ToolCall
from roost.domain.api_keys import Scope
from roost.usecases.manage_campaigns import list_campaigns as campaigns_of
from roost.usecases.read_conversations import ConversationFilter, find_conversation, messages_of
from roost.usecases.read_conversations import list_conversations as conversations_of


class ListConversations(Arguments):
    status: Literal["open", "unread", "read", "archived"] = Field(default="open", description="open: unread and read")
    search: str | None = Field(default=None, max_length=100, description="In the number, the name or the last message")
    limit: int = Field(default=20, ge=1, le=100)


class ReadConversation(Arguments):
    conversation_id: str = Field(max_length=60, description="Of list_conversations, or the other side's number")
    limit: int = Field(default=20, ge=1, le=100, description="The newest messages")


class ListCampaigns(Arguments):
    limit: int = Field(default=20, ge=1, le=100)


class Conversations(BaseModel):
    success: bool
    count: int
    conversations: list[ConversationView]


class OneConversation(BaseModel):
    """`messages` in the order in which they were written."""

    success: bool
    conversation: ConversationView
    messages: list[MessageView]


class Campaigns(BaseModel):
    success: bool
    count: int
    campaigns: list[CampaignView]


def list_conversations(call: ToolCall[ListConversations]) -> Conversations:
    wanted, caller = call.arguments, call.caller
    selected = ConversationFilter(STATUSES[wanted.status], wanted.search)
    page, _ = conversations_of(caller.deps, caller.account, selected, wanted.limit, None)
    found = [conversation_view(known) for known in page]
    return Conversations(success=True, count=len(found), conversations=found)


def read_conversation(call: ToolCall[ReadConversation]) -> OneConversation:
    wanted, caller = call.arguments, call.caller
    known = find_conversation(caller.deps, caller.account, wanted.conversation_id)
    page, _ = messages_of(caller.deps, known.conversation, wanted.limit, None)
    messages = [view_of(message) for message in page]
    return OneConversation(success=True, conversation=conversation_view(known), messages=messages)


def list_campaigns(call: ToolCall[ListCampaigns]) -> Campaigns:
    page, _ = campaigns_of(call.caller.deps, call.caller.account, call.arguments.limit, None)
    found = [campaign_view(campaign) for campaign in page]
    return Campaigns(success=True, count=len(found), campaigns=found)


TOOLS = (
    Tool(
        name="list_conversations",
        title="List conversations",
        description="Who has written or been written to, the newest first, with the last message.",
        scopes=frozenset({Scope.MESSAGES_READ}),
        arguments=ListConversations,
        result=Conversations,
        hints=READS,
        run=list_conversations,
    ),
    Tool(
        name="read_conversation",
        title="Read a conversation",
        description="The newest messages with one number, both directions in order.",
        scopes=frozenset({Scope.MESSAGES_READ}),
        arguments=ReadConversation,
        result=OneConversation,
        hints=READS,
        run=read_conversation,
    ),
    Tool(
        name="list_campaigns",
        title="List campaigns",
        description="The campaigns of the account, the newest first, and how far each one is.",
        scopes=frozenset({Scope.CAMPAIGNS_READ}),
        arguments=ListCampaigns,
        result=Campaigns,
        hints=READS,
        run=list_campaigns,
    ),
)
