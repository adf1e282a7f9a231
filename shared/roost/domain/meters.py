"""The meter of an account: its plan, what it used of it this month, and its two balances."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.errors import AccountSuspended, InsufficientCredits, NotInPlan, PlanLimitReached
from roost.domain.instants import as_datetime
from roost.domain.money import Charge, Cost, Price, dollars
from roost.domain.plans import UNLIMITED, Feature, Plan


@dataclass(frozen=True, slots=True)
class Meter:
    """An account that never had a plan, a balance or a suspension has none of these.

    `credits`, `micro_usd`: balances, kept also while the ledger is unlimited. `limits_credits`, `limits_usd`: whether
    messages are charged to it. `month_count`: messages accepted in the month `month` (yyyymm, UTC) since it counts.
    `announced`: every key of the account knows that there is a meter.
    """

    account: str
    plan: Plan = UNLIMITED
    suspended: bool = False
    month: str = ""
    month_count: int = 0
    credits: int = 0
    micro_usd: int = 0
    limits_credits: bool = False
    limits_usd: bool = False
    announced: bool = False

    @property
    def counts(self) -> bool:
        """Whether a message has to be counted or charged."""
        return self.plan.monthly_messages is not None or self.limits_credits or self.limits_usd

    def counted_in(self, month: str) -> int:
        return self.month_count if self.month == month else 0

    def taken(self, price: Price) -> Price:
        """What of a price is taken from the ledgers: nothing from an unlimited one."""
        return Price(price.credits * self.limits_credits, price.micro_usd * self.limits_usd)


def month_of(instant: int) -> str:
    """The UTC month as `yyyymm`."""
    return as_datetime(instant).strftime("%Y%m")


def check_feature(meter: Meter, feature: Feature | None) -> None:
    """None: what every plan has. Raises NotInPlan."""
    if feature is not None and feature not in meter.plan.features:
        raise NotInPlan(f"The plan {meter.plan.name} has no {feature.upper()}: another plan does")


def check_meter(meter: Meter, cost: Cost, now: int) -> None:
    """Raises AccountSuspended, PlanLimitReached or InsufficientCredits."""
    if meter.suspended:
        raise AccountSuspended
    limit, used = meter.plan.monthly_messages, meter.counted_in(month_of(now))
    if limit is not None and used + cost.messages > limit:
        plan = f"The plan {meter.plan.name} has {limit} messages a month"
        raise PlanLimitReached(f"{plan}, {used} are used: it goes on with the next month (UTC)")
    taken = meter.taken(cost.price)
    if taken.credits and taken.credits > meter.credits:
        raise InsufficientCredits(f"This takes {taken.credits} credits, {meter.credits} are left: top up the account")
    if taken.micro_usd and taken.micro_usd > meter.micro_usd:
        raise InsufficientCredits(
            f"This costs {dollars(taken.micro_usd)} USD, {dollars(meter.micro_usd)} are left: top up the account"
        )


def charge_for(price: Price, taken: Price, key_id: str | None) -> Charge | None:
    """What a message remembers of its charge; None if nothing was taken. `key_id`: a key with a spending limit."""
    spent = price.micro_usd if key_id is not None else 0
    if not (taken.credits or taken.micro_usd or spent):
        return None
    return Charge(taken.credits, taken.micro_usd, key_id if spent else None, spent)
