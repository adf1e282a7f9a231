"""Whether a message may be sent, and what must be written with it so that it counts: all together or nothing.

Refused here on what is stored now; the conditions of the writes then hold it to what is stored at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.errors import Quota
from roost.domain.key_limits import KeyUse, check_key_limits, free_slots, quotas_of, with_request
from roost.domain.ledger import EntryKind, LedgerEntry
from roost.domain.meters import Meter, charge_for, check_feature, check_meter
from roost.domain.money import FREE, Charge, Cost, Price
from roost.domain.plans import Feature
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.key_use import get_use, use_write
from roost.storage.ledger import entry_id, entry_write
from roost.storage.meters import get_meter, take_write
from roost.storage.transactions import Write


@dataclass(frozen=True, slots=True)
class Admission:
    """`writes`: go into the transaction that writes the messages; without any the account is unlimited.

    `quotas`: the key's limits of time after this request.
    """

    writes: tuple[Write, ...] = ()
    quotas: tuple[Quota, ...] = ()
    meter: Meter | None = None
    spending_key: str | None = None

    def charge_of(self, price: Price) -> Charge | None:
        """What one message of this request remembers of its charge."""
        return charge_for(price, self.meter.taken(price) if self.meter else FREE, self.spending_key)


def admit(
    deps: Deps, sender: Sender, cost: Cost, message_id: int, feature: Feature | None = None, note: str = ""
) -> Admission:
    """For a request that sends `cost.messages` messages, the first of which is `message_id`.

    Raises RateLimited, DailyLimitReached, SpendingLimitReached, NotInPlan, AccountSuspended, PlanLimitReached,
    InsufficientCredits. When the transaction raises Changed or WriteConflict, admit again.
    """
    now = deps.now()
    writes: list[Write] = []
    quotas: tuple[Quota, ...] = ()
    key = sender.counted_key
    if key is not None:
        use = get_use(deps.keys, sender.account, key.id)
        check_key_limits(key.limits, use, cost, now)
        slot = any_free_slot(deps, use, now)
        writes.append(use_write(deps.keys, sender.account, key.id, key.limits, use, cost, slot, now))
        quotas = quotas_of(key.limits, with_request(use, cost, slot, now), now)
    meter = get_meter(deps.accounts, sender.account) if sender.may_be_metered else None
    if meter is not None:
        check_feature(meter, feature)
        check_meter(meter, cost, now)
    if meter is not None and meter.counts:
        writes += _on_account(deps, meter, cost, message_id, note)
    spending_key = key.id if key is not None and key.limits.spending is not None else None
    return Admission(tuple(writes), quotas, meter, spending_key)


def _on_account(deps: Deps, meter: Meter, cost: Cost, message_id: int, note: str) -> list[Write]:
    now, taken = deps.now(), meter.taken(cost.price)
    writes = [take_write(deps.accounts, meter, cost, now)]
    if taken != FREE:
        entry = LedgerEntry(
            account=meter.account,
            id=entry_id(now, EntryKind.CHARGE, message_id),
            at=now,
            kind=EntryKind.CHARGE,
            credits=-taken.credits,
            micro_usd=-taken.micro_usd,
            message_id=message_id,
            note=note,
        )
        writes.append(entry_write(deps.accounts, entry))
    return writes


def any_free_slot(deps: Deps, use: KeyUse, now: int) -> int | None:
    """Any: requests at the same moment should want different ones. None: the key has no limit of a minute."""
    free = free_slots(use, now)
    return free[int.from_bytes(deps.entropy(2)) % len(free)] if free else None
