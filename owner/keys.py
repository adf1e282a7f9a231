"""API keys of an account."""

from __future__ import annotations

from argparse import Namespace

from owner.commands import Commands, account_argument
from owner.rows import Row
from owner.values import dollars_in, instant_in
from roost.domain.api_keys import ApiKey, Scope
from roost.domain.instants import rfc3339
from roost.domain.key_limits import KeyLimits
from roost.domain.money import dollars
from roost.runtime.deps import Deps
from roost.usecases.manage_keys import NewKey, create_key, list_keys, revoke_key, rotate_key
from roost.usecases.read_account import read_account

USUAL_SCOPES: dict[str, frozenset[Scope]] = {
    "roost": frozenset(Scope),
    "smsgw": frozenset({Scope.MESSAGES_SEND}),
    "smsai": frozenset({Scope.MESSAGES_SEND, Scope.MESSAGES_READ, Scope.ACCOUNT_READ}),
}
"""What a key of each format is given when nobody says: what its clients call, and everything for Roost's own."""


def add_commands(commands: Commands) -> None:
    create = account_argument(commands.add("create-key", "a key; its secret is shown once", _create))
    create.add_argument("--name", default="owner")
    create.add_argument(
        "--format", choices=sorted(USUAL_SCOPES), default="roost", help="smsgw: smsdora; smsai: SMS for AI"
    )
    create.add_argument("--scope", action="append", type=Scope, choices=sorted(Scope), help="may be repeated")
    create.add_argument("--expires", type=instant_in, metavar="TIME", help="UTC, or with its zone")
    create.add_argument("--per-minute", type=int, metavar="N", help="requests in any 60 seconds")
    create.add_argument("--per-day", type=int, metavar="N", help="requests a day, UTC")
    create.add_argument("--spending", type=dollars_in, metavar="USD", help="what its messages may cost in all")
    create.add_argument("--address", action="append", default=[], help="may call from this address or network; repeat")
    account_argument(commands.add("list-keys", "every key of an account", _list))
    for name, purpose, run in (
        ("revoke-key", "dead from the next request on", _revoke),
        ("rotate-key", "a new secret, the same settings; the old one is dead at once", _rotate),
    ):
        account_argument(commands.add(name, purpose, run)).add_argument("key", help="as list-keys shows it")


def _create(deps: Deps, given: Namespace) -> list[Row]:
    read_account(deps, given.account)
    limits = KeyLimits(given.per_minute, given.per_day, given.spending, tuple(given.address))
    scopes = frozenset(given.scope or USUAL_SCOPES[given.format])
    made = create_key(deps, given.account, NewKey(given.name, scopes, given.format, given.expires, limits))
    return [{"secret": made.secret, **_key(made.api_key)}]


def _list(deps: Deps, given: Namespace) -> list[Row]:
    read_account(deps, given.account)
    return [_key(key) for key in list_keys(deps, given.account)]


def _revoke(deps: Deps, given: Namespace) -> list[Row]:
    revoke_key(deps, given.account, given.key)
    return [_key(key) for key in list_keys(deps, given.account) if key.id == given.key]


def _rotate(deps: Deps, given: Namespace) -> list[Row]:
    rotated = rotate_key(deps, given.account, given.key)
    return [{"secret": rotated.secret, **_key(rotated.api_key)}]


def _key(key: ApiKey) -> Row:
    limits = key.limits
    return {
        "key": key.id,
        "name": key.name,
        "hint": key.hint,
        "scopes": sorted(scope.value for scope in key.scopes),
        "expires_at": _instant(key.expires_at),
        "revoked_at": _instant(key.revoked_at),
        "per_minute": limits.per_minute,
        "per_day": limits.per_day,
        "spending": dollars(limits.spending) if limits.spending is not None else None,
        "addresses": list(limits.addresses),
    }


def _instant(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None
