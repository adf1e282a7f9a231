"""Who is calling: an API key, a person by a session token, or a phone by its token."""

from __future__ import annotations

import hmac
from functools import lru_cache

from roost.domain.addresses import is_allowed
from roost.domain.api_keys import ApiKey, Scope, hash_of, looks_like_a_key
from roost.domain.errors import AddressNotAllowed, MissingScope, PhoneRemoved, Unauthenticated
from roost.domain.instants import HOUR
from roost.domain.pairing import phone_of_token
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.api_keys import find_api_key
from roost.storage.conditional import ConditionFailed
from roost.storage.key_use import note_use
from roost.storage.phones import get_phone, update_phone
from roost.usecases.session_tokens import looks_like_a_token, person_of


def authenticate(deps: Deps, secret: str | None, scope: Scope | None, source: str) -> ApiKey:
    """An API key, or the token of a signed-in person, who may do everything. `scope` None: any key will do. `source`:
    the caller's address as the gateway saw it.

    Raises Unauthenticated (no key, garbage, unknown, expired, revoked: one text for all), AddressNotAllowed and
    MissingScope.
    """
    if secret and looks_like_a_token(secret):
        return person_of(deps, secret)
    api_key = find_api_key(deps.keys, hash_of(secret)) if secret and looks_like_a_key(secret) else None
    if api_key is None or not api_key.is_valid(deps.now()):
        raise Unauthenticated
    if api_key.limits.addresses and not is_allowed(source, api_key.limits.addresses):
        raise AddressNotAllowed("This API key may not be used from your address: use it from one on its list")
    if scope is not None and scope not in api_key.scopes:
        raise MissingScope(f"This API key lacks the scope {scope}: create a key that has it")
    if not api_key.limits.count:
        _note_use(deps, api_key.account, api_key.id, deps.now() // HOUR)
    return api_key


@lru_cache(maxsize=1_000)
def _note_use(deps: Deps, account: str, key_id: str, _hour: int) -> None:
    """A warm environment writes at most once an hour per key. A key whose requests are counted needs none of this."""
    note_use(deps.keys, account, key_id, deps.now())


def authenticate_phone(deps: Deps, token: str | None) -> Phone:
    """The phone of a token, read consistently. Raises Unauthenticated and PhoneRemoved."""
    named = phone_of_token(token or "")
    phone = get_phone(deps.devices, *named, consistent=True) if named else None
    presented = hash_of(token or "")
    if phone is None or not _is_of(phone, presented):
        raise Unauthenticated("This phone's token is not valid: pair the phone again")
    if phone.removed_at is not None:
        raise PhoneRemoved
    return phone if phone.token_hash == presented else _rotated(deps, phone, presented)


def _is_of(phone: Phone, presented: str) -> bool:
    known = (phone.token_hash, phone.next_token_hash or "")
    return sum(hmac.compare_digest(one, presented) for one in known) > 0


def _rotated(deps: Deps, phone: Phone, presented: str) -> Phone:
    """Its next token is used for the first time: it takes the place of the present one, which ends here."""
    rotation = ("rotating_since", "next_token_hash")
    expected = {"next_token_hash": presented}
    try:
        return update_phone(deps.devices, phone, {"token_hash": presented}, remove=rotation, expect=expected)
    except ConditionFailed:
        raise Unauthenticated("This phone's token was just replaced: use the other one") from None
