"""/app/usage: what left, arrived and failed in the last thirty days, and what it cost."""

from __future__ import annotations

from fastapi import Request, Response

from roost.dialects.pages.plots import Column, Plot, stacked
from roost.dialects.pages.render import page
from roost.dialects.pages.router import pages_router
from roost.domain.instants import rfc3339
from roost.domain.money import dollars
from roost.domain.usage import DAYS_SHOWN, DELIVERY_STEPS, DayUsage, Tally, total_of
from roost.usecases.manage_phones import list_account_phones
from roost.usecases.read_account import read_account
from roost.usecases.read_usage import read_usage
from roost.web.visitor import SignedIn

router = pages_router()


@router.get("/app/usage", summary="Usage")
async def usage(request: Request, visitor: SignedIn) -> Response:
    found = read_usage(visitor.deps, visitor.account)
    phones, _ = list_account_phones(visitor.deps, visitor.account)
    names = {phone.number: phone.name for phone in phones}
    total = total_of(day.total for day in found.days)
    return page(
        request,
        "usage.html",
        visitor,
        state=read_account(visitor.deps, visitor.account),
        days=[(_date(day), day.total) for day in found.days],
        phones=[(names.get(number), number, tally) for number, tally in sorted(_by_phone(found.days).items())],
        total=total,
        spent=dollars(total.micro_usd),
        by_day=_plot(found.days),
        by_time=stacked([(str(place), (("delivered", count),)) for place, count in enumerate(total.delivered_within)]),
        steps=DELIVERY_STEPS,
        is_whole=found.is_whole,
    )


def _plot(days: tuple[DayUsage, ...]) -> Plot:
    """Oldest left; a young account's days stand at the right end of thirty."""
    columns: list[Column] = [("", ())] * (DAYS_SHOWN - len(days))
    for day in reversed(days):
        total = day.total
        parts = (("delivered", total.delivered), ("sent", total.sent - total.delivered), ("failed", total.failed))
        columns.append((_date(day), parts))
    return stacked(columns)


def _by_phone(days: tuple[DayUsage, ...]) -> dict[int, Tally]:
    numbers = {number for day in days for number in day.phones}
    return {number: total_of(day.phones[number] for day in days if number in day.phones) for number in numbers}


def _date(day: DayUsage) -> str:
    return rfc3339(day.day)[:10]
