"""Accounts: the owner's first step, before any key or phone."""

from __future__ import annotations

from roost.domain.accounts import Account
from roost.domain.errors import InvalidRequest
from roost.runtime.deps import Deps
from roost.storage.accounts import list_accounts, put_new_account

LONGEST_NAME = 200


def create_account(deps: Deps, name: str, email: str = "") -> Account:
    """48 random bits name an account; a collision is refused by the table, not overwritten. Raises InvalidRequest."""
    for field, text, least in (("name", name, 1), ("email", email, 0)):
        if not least <= len(text) <= LONGEST_NAME:
            raise InvalidRequest.of(field, f"must have {least} to {LONGEST_NAME} characters")
    account = Account(id=deps.entropy(6).hex(), name=name, created_at=deps.now(), email=email)
    put_new_account(deps.accounts, account)
    return account


def every_account(deps: Deps) -> list[Account]:
    """Of the whole deployment, for its owner only: oldest first."""
    return sorted(list_accounts(deps.accounts), key=lambda account: account.created_at)
