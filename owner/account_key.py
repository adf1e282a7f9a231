"""The SMS8 key of an account: the one that can be shown again."""

from __future__ import annotations

from argparse import Namespace

from owner.commands import Commands, account_argument
from owner.connection import account_key_master
from owner.rows import Row
from roost.runtime.deps import Deps
from roost.usecases.account_key import account_key_secret, regenerate_account_key
from roost.usecases.read_account import read_account


def add_commands(commands: Commands) -> None:
    account_argument(commands.add("show-sms8-key", "the account's SMS8 key", _show))
    account_argument(commands.add("regenerate-sms8-key", "the first SMS8 key, or a new one; the old is dead", _renew))


def _show(deps: Deps, given: Namespace) -> list[Row]:
    read_account(deps, given.account)
    return [{"secret": account_key_secret(deps, given.account, account_key_master(given.target))}]


def _renew(deps: Deps, given: Namespace) -> list[Row]:
    read_account(deps, given.account)
    return [{"secret": regenerate_account_key(deps, given.account, account_key_master(given.target)).secret}]
