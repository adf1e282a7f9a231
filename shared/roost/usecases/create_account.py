"""A new account: the owner's first step, before any key or phone."""

from __future__ import annotations

from roost.domain.accounts import Account
from roost.runtime.deps import Deps
from roost.storage.accounts import put_new_account


def create_account(deps: Deps, name: str) -> Account:
    """48 random bits name an account; a collision is refused by the table, not overwritten."""
    account = Account(id=deps.entropy(6).hex(), name=name, created_at=deps.now())
    put_new_account(deps.accounts, account)
    return account
