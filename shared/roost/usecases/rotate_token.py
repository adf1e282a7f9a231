"""A phone's next token: told in every answer until the phone uses it; until then the present one works."""

from __future__ import annotations

from roost.domain.api_keys import hash_of
from roost.domain.errors import NotFound
from roost.domain.pairing import phone_token
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.phones import update_phone
from roost.usecases.manage_phones import find_phone


def rotate_token(deps: Deps, account: str, number: int | None) -> Phone:
    """Open a rotation; one that is open stays open. Raises NotFound."""
    phone = find_phone(deps, account, number)
    try:
        return update_phone(deps.devices, phone, {"rotating_since": phone.rotating_since or deps.now()})
    except ConditionFailed:
        raise NotFound("This phone was just removed") from None


def next_token(deps: Deps, phone: Phone) -> str | None:
    """A fresh one for each answer, because only hashes are kept; None while no rotation is open."""
    if phone.rotating_since is None:
        return None
    return phone_token(phone.account, phone.number, deps.entropy(32).hex())


def was_told(phone: Phone, token: str | None) -> str | None:
    """`token` if `phone`, as it was written, would know it again: an answer must not name any other."""
    return token if token is not None and phone.next_token_hash == hash_of(token) else None
