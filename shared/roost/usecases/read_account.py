"""What an account may do, what it used, and what it was charged."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.accounts import Account
from roost.domain.errors import NotFound
from roost.domain.ledger import LedgerEntry
from roost.domain.meters import Meter, month_of
from roost.runtime.deps import Deps
from roost.storage.accounts import get_account
from roost.storage.ledger import newest_entries
from roost.storage.meters import get_meter


@dataclass(frozen=True, slots=True)
class AccountState:
    """`month`: yyyymm, UTC. `month_count`: messages accepted in it, None while nothing limits the account, because
    then nothing is counted. `credits`, `micro_usd`: None while that ledger is unlimited."""

    account: Account
    meter: Meter
    month: str
    month_count: int | None
    credits: int | None
    micro_usd: int | None


def read_account(deps: Deps, account: str) -> AccountState:
    """Raises NotFound."""
    found = get_account(deps.accounts, account)
    if found is None:
        raise NotFound("No such account")
    meter = get_meter(deps.accounts, account) or Meter(account)
    month = month_of(deps.now())
    return AccountState(
        account=found,
        meter=meter,
        month=month,
        month_count=meter.counted_in(month) if meter.counts else None,
        credits=meter.credits if meter.limits_credits else None,
        micro_usd=meter.micro_usd if meter.limits_usd else None,
    )


def list_ledger(deps: Deps, account: str, limit: int, before: str | None) -> tuple[list[LedgerEntry], str | None]:
    """Lines, newest first, older than the line `before`, and the `before` of the next page."""
    entries = newest_entries(deps.accounts, account, limit, before)
    return entries, entries[-1].id if len(entries) == limit else None
