"""SMS for AI's permission words for the scopes of a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from roost.domain.api_keys import Scope

WORDS: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.MESSAGES_SEND: "sms:send",
        Scope.MESSAGES_READ: "sms:read",
        Scope.ACCOUNT_READ: "balance:read",
    }
)
"""`sms:send` is documented; the others follow its form. A scope of no use here keeps its own name."""


def permissions(scopes: Iterable[Scope]) -> list[str]:
    return sorted(WORDS.get(scope, scope.value) for scope in scopes)
