"""What the owner of a deployment decides about an account: its plan, its balances, whether it may send at all."""

from __future__ import annotations

from typing import Any

from roost.domain.errors import InvalidRequest, NotFound, TryLater
from roost.domain.ledger import EntryKind, LedgerEntry
from roost.domain.meters import Meter
from roost.domain.money import FREE, Price
from roost.domain.plans import UNLIMITED, Plan
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.api_keys import change_secrets, find_record, list_records
from roost.storage.ledger import entry_id, entry_write
from roost.storage.meters import change_balances_write, get_meter, plan_item, put_new_meter, set_on_meter
from roost.storage.plans import get_plan, list_plans, put_plan
from roost.storage.transactions import Changed, WriteConflict, commit

TRIES = 20
HIGHEST = 1 << 53
"""The largest integer every JSON parser keeps."""


def save_plan(deps: Deps, plan: Plan) -> None:
    """New or changed. An account keeps the numbers it was given until it is assigned again. Raises InvalidRequest."""
    if plan.name == UNLIMITED.name or not 1 <= len(plan.name) <= 40:
        raise InvalidRequest.of("name", f"must have 1 to 40 characters and not be {UNLIMITED.name}, which is built in")
    for field, value in (("monthly_messages", plan.monthly_messages), ("phones", plan.phones)):
        if value is not None and not 1 <= value <= HIGHEST:
            raise InvalidRequest.of(field, "must be at least 1; leave it out for no limit")
    put_plan(deps.accounts, plan)


def all_plans(deps: Deps) -> list[Plan]:
    return list_plans(deps.accounts)


def assign_plan(deps: Deps, account: str, name: str) -> Meter:
    """Raises NotFound for an account and InvalidRequest for a plan that does not exist."""
    plan = get_plan(deps.accounts, name)
    if plan is None:
        known = ", ".join(plan.name for plan in list_plans(deps.accounts))
        raise InvalidRequest.of("plan", f"does not exist; there are: {known}")
    return _set(deps, account, {"plan": plan_item(plan)})


def suspend_account(deps: Deps, account: str, *, suspended: bool = True) -> Meter:
    """A suspended account sends nothing and pairs nothing; what was accepted before still leaves."""
    return _set(deps, account, {"suspended": suspended})


def limit_ledgers(
    deps: Deps, account: str, *, limits_credits: bool | None = None, limits_usd: bool | None = None
) -> Meter:
    """Whether messages are charged to a ledger; None leaves it. Lifting the limit keeps the balance."""
    wanted = {"limits_credits": limits_credits, "limits_usd": limits_usd}
    return _set(deps, account, {name: value for name, value in wanted.items() if value is not None})


def change_balances(deps: Deps, account: str, amount: Price, note: str = "") -> Meter:
    """Top up, or take away (negative amounts; a balance may fall below zero). From then on that ledger is limited.

    Raises NotFound, InvalidRequest, TryLater. Not idempotent: a repeat is another line of the ledger.
    """
    if amount == FREE or max(abs(amount.credits), abs(amount.micro_usd)) > HIGHEST:
        raise InvalidRequest.of("amount", "must be a number of credits or of dollars other than 0")
    limit_ledgers(deps, account, limits_credits=bool(amount.credits) or None, limits_usd=bool(amount.micro_usd) or None)
    kind = EntryKind.TOP_UP if min(amount.credits, amount.micro_usd) >= 0 else EntryKind.ADJUSTMENT
    for tries in range(TRIES):
        now = deps.now()
        line = entry_id(now, kind, int.from_bytes(deps.entropy(6)))
        entry = LedgerEntry(account, line, now, kind, amount.credits, amount.micro_usd, note=note)
        try:
            balances = change_balances_write(deps.accounts, account, amount)
            commit(deps.accounts, balances, entry_write(deps.accounts, entry))
        except (Changed, WriteConflict):
            deps.back_off(tries)
            continue
        return get_meter(deps.accounts, account) or Meter(account)
    raise TryLater


def _set(deps: Deps, account: str, changes: dict[str, Any]) -> Meter:
    if get_account(deps.accounts, account) is None:
        raise NotFound(f"No account {account[:40]}")
    _install_meter(deps, account)
    return (
        set_on_meter(deps.accounts, account, changes)
        if changes
        else get_meter(deps.accounts, account) or Meter(account)
    )


def _install_meter(deps: Deps, account: str) -> None:
    """Every key must know of the meter before it says anything but "unlimited": a key that does not know sends
    without looking. A key made meanwhile is refused by its own check and made anew. There is no way back."""
    meter = get_meter(deps.accounts, account)
    if meter is not None and meter.announced:
        return
    put_new_meter(deps.accounts, account)
    for record in list_records(deps.keys, account):
        _tell(deps, account, record.id)
    set_on_meter(deps.accounts, account, {"announced": True})


def _tell(deps: Deps, account: str, key_id: str) -> None:
    """A key that is revoked meanwhile needs no telling."""
    for tries in range(TRIES):
        record = find_record(deps.keys, account, key_id)
        try:
            if record is not None:
                change_secrets(deps.keys, record, deps.now(), {"metered": True})
            return
        except (Changed, WriteConflict):
            deps.back_off(tries)
    raise TryLater
