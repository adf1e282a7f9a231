"""What an account's new phones start with."""

from __future__ import annotations

from roost.domain.phone_defaults import PhoneDefaults, check_defaults
from roost.runtime.deps import Deps
from roost.storage.phone_defaults import get_phone_defaults, put_phone_defaults


def read_phone_defaults(deps: Deps, account: str) -> PhoneDefaults:
    return get_phone_defaults(deps.accounts, account)


def change_phone_defaults(deps: Deps, account: str, wanted: PhoneDefaults, *, acknowledged: bool) -> None:
    """Raises InvalidRequest and NeedsAcknowledgement; then nothing is changed."""
    check_defaults(get_phone_defaults(deps.accounts, account), wanted, acknowledged=acknowledged)
    put_phone_defaults(deps.accounts, account, wanted)
