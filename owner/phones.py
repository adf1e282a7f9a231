"""Phones of an account, and how they are."""

from __future__ import annotations

from argparse import Namespace

from owner.commands import Commands, account_argument
from owner.rows import Row
from roost.domain import ids
from roost.domain.instants import rfc3339
from roost.runtime.deps import Deps
from roost.usecases.manage_phones import list_account_phones
from roost.usecases.read_account import read_account


def add_commands(commands: Commands) -> None:
    account_argument(commands.add("list-phones", "every phone of an account", _list))


def _list(deps: Deps, given: Namespace) -> list[Row]:
    read_account(deps, given.account)
    phones, primary = list_account_phones(deps, given.account)
    return [
        {
            "phone": ids.spell("phn", phone.number),
            "name": phone.name,
            "model": phone.model,
            "presence": phone.presence(deps.now()).value,
            "seen_at": rfc3339(phone.seen_at),
            "enabled": phone.enabled,
            "primary": phone.number == primary,
        }
        for phone in phones
    ]
