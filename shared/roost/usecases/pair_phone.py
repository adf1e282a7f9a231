"""Make a pairing code, and turn it into a paired phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from roost.domain.api_keys import hash_of
from roost.domain.errors import AccountSuspended, PairingCodeUsed, PlanLimitReached, TryLater
from roost.domain.meters import Meter
from roost.domain.pairing import CODE_LIFETIME, Pairing, phone_token, redeemed_before
from roost.domain.phones import Phone, Sim
from roost.domain.plans import Plan
from roost.runtime.deps import Deps
from roost.runtime.firebase import AndroidFirebase, firebase_settings
from roost.storage.meters import get_meter
from roost.storage.pairings import get_pairing, put_pairing, redeem_pairing
from roost.storage.phone_defaults import get_phone_defaults
from roost.storage.phone_seats import count_seats, take_seat
from roost.storage.phones import get_phone, list_phones, next_number, put_phone, set_primary, sim_items, update_phone
from roost.storage.transactions import Changed, WriteConflict

TRIES = 20


@dataclass(frozen=True, slots=True)
class Installation:
    """The app that redeems a code: its own ids, the phone it runs on, the SIMs in it."""

    install_id: str
    store_id: str
    model: str
    sims: tuple[Sim, ...] = ()
    health: Mapping[str, Any] = field(default_factory=dict)


class Paired(NamedTuple):
    """`token` is told once. `firebase` None: the owner has no Firebase project, the phone polls."""

    phone: Phone
    token: str
    firebase: AndroidFirebase | None


def create_pairing(deps: Deps, account: str, label: str | None) -> tuple[Pairing, str]:
    """The pairing as kept, and its code of 128 random bits, which only its hash remembers."""
    code = deps.entropy(16).hex()
    pairing = Pairing(account=account, code_hash=hash_of(code), expires_at=deps.now() + CODE_LIFETIME, label=label)
    put_pairing(deps.devices, pairing)
    return pairing, code


def pair_phone(deps: Deps, code: str, installation: Installation) -> Paired:
    """Raises PairingCodeExpired, PairingCodeUsed, PlanLimitReached and AccountSuspended: the code is then still good.

    The same code and installation again get the same phone and a fresh token: the first answer may have been lost.
    """
    now = deps.now()
    pairing = get_pairing(deps.devices, hash_of(code))
    if not redeemed_before(pairing, installation.install_id, now) and pairing is not None:
        pairing = _redeemed(deps, pairing, installation)
    if pairing is None or pairing.phone is None or pairing.used_by != installation.install_id:
        raise PairingCodeUsed
    token = phone_token(pairing.account, pairing.phone, deps.entropy(32).hex())
    phone = _write_phone(deps, pairing, pairing.phone, installation, token)
    set_primary(deps.devices, phone.account, phone.number, only_if_none=True)
    firebase = firebase_settings()
    return Paired(phone, token, firebase.android if firebase else None)


def _redeemed(deps: Deps, pairing: Pairing, installation: Installation) -> Pairing:
    """An installation that pairs again stays the phone it was, with its name and history."""
    meter = get_meter(deps.accounts, pairing.account) or Meter(pairing.account)
    if meter.suspended:
        raise AccountSuspended
    phones, _ = list_phones(deps.devices, pairing.account)
    known = next((phone.number for phone in phones if phone.install_id == installation.install_id), None)
    if known is None and meter.plan.phones is not None:
        return _within_plan(deps, pairing, installation, meter.plan, meter.plan.phones)
    number = known if known is not None else next_number(deps.devices, pairing.account)
    return redeem_pairing(deps.devices, pairing, installation.install_id, number)


def _within_plan(deps: Deps, pairing: Pairing, installation: Installation, plan: Plan, most: int) -> Pairing:
    for tries in range(TRIES):
        seats = count_seats(deps.devices, pairing.account)
        if seats.taken >= most:
            raise PlanLimitReached(f"The plan {plan.name} has {most} phones, all are paired: remove one first")
        number = seats.last_number + 1
        # Its token is nobody's yet: the phone gets one below, as it does when its first answer was lost.
        phone = _new_phone(deps, pairing, number, installation, token=deps.entropy(32).hex())
        try:
            take_seat(deps.devices, pairing, phone, seats)
        except (Changed, WriteConflict):
            pairing = get_pairing(deps.devices, pairing.code_hash) or pairing
            if pairing.used_by is not None:
                return pairing
            deps.back_off(tries)
        else:
            return replace(pairing, used_by=installation.install_id, phone=number)
    raise TryLater


def _new_phone(deps: Deps, pairing: Pairing, number: int, installation: Installation, token: str) -> Phone:
    now = deps.now()
    return Phone(
        account=pairing.account,
        number=number,
        name=pairing.label or installation.model,
        model=installation.model,
        install_id=installation.install_id,
        store_id=installation.store_id,
        token_hash=hash_of(token),
        paired_at=now,
        seen_at=now,
        sims=installation.sims,
        health=installation.health,
        pacing=get_phone_defaults(deps.accounts, pairing.account).pacing,
    )


def _write_phone(deps: Deps, pairing: Pairing, number: int, installation: Installation, token: str) -> Phone:
    phone = _new_phone(deps, pairing, number, installation, token)
    existing = get_phone(deps.devices, pairing.account, number, consistent=True)
    if existing is None:
        put_phone(deps.devices, phone)
        return phone
    if existing.removed_at is not None:
        raise PairingCodeUsed("This phone was removed after it paired: make a new code with POST /v1/pairings")
    rotation = ("rotating_since", "next_token_hash")
    return update_phone(deps.devices, existing, _renewed(phone, pairing.label), remove=rotation)


def _renewed(phone: Phone, label: str | None) -> dict[str, Any]:
    """What pairing again replaces. Switches, epoch and the pairing date stay: a warmed-up SIM stays warm."""
    return {
        **({"name": label} if label else {}),
        "token_hash": phone.token_hash,
        "store_id": phone.store_id,
        "model": phone.model,
        "seen_at": phone.seen_at,
        "sims": sim_items(phone.sims),
    }
