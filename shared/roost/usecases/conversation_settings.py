"""What an account decides about its conversations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from roost.domain.conversation_settings import ConversationSettings, checked_conversation_settings
from roost.runtime.deps import Deps
from roost.storage.conversation_settings import get_conversation_settings, put_conversation_settings


def read_conversation_settings(deps: Deps, account: str) -> ConversationSettings:
    return get_conversation_settings(deps.accounts, account)


def change_conversation_settings(deps: Deps, account: str, changes: Mapping[str, Any]) -> ConversationSettings:
    """`changes`: members of ConversationSettings. Raises InvalidRequest; then nothing is changed."""
    before = get_conversation_settings(deps.accounts, account)
    settings = checked_conversation_settings(replace(before, **changes))
    put_conversation_settings(deps.accounts, account, settings)
    return settings
