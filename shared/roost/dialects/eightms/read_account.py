"""GET /v1/account and /v1/ledger."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from roost.dialects.eightms.router import eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.instants import rfc3339
from roost.domain.ledger import EntryKind, LedgerEntry
from roost.domain.money import dollars
from roost.domain.plans import Feature
from roost.usecases.read_account import list_ledger, read_account
from roost.web.caller import Caller, caller_with

router = eightms_router("Account")

Reader = Annotated[Caller, Depends(caller_with(Scope.ACCOUNT_READ))]


class PlanView(BaseModel):
    """null: unlimited."""

    name: str
    monthly_messages: int | None
    phones: int | None
    features: list[Feature]


class UsageView(BaseModel):
    """`messages`: accepted in this calendar month (UTC) since the account is limited; null while it is not."""

    month: str = Field(examples=["2026-11"])
    messages: int | None


class AccountView(BaseModel):
    """`credits`, `balance_usd`: null while that ledger is unlimited."""

    id: str
    name: str
    created_at: str
    suspended: bool
    plan: PlanView
    usage: UsageView
    credits: int | None
    balance_usd: str | None = Field(examples=["12.345678"])


class EntryView(BaseModel):
    """`credits`, `usd`: below zero for what was taken. A line never changes; all lines together are the balances."""

    id: str
    at: str
    kind: EntryKind
    credits: int
    usd: str
    message_id: str | None
    note: str


class LedgerPage(BaseModel):
    """`next_cursor`: give it back as `cursor` for older lines; null at the end."""

    data: list[EntryView]
    next_cursor: str | None


@router.get("/account", responses=problems(), summary="The account: plan, usage, balances")
async def read(caller: Reader) -> AccountView:
    state = read_account(caller.deps, caller.account)
    plan = state.meter.plan
    return AccountView(
        id=state.account.id,
        name=state.account.name,
        created_at=rfc3339(state.account.created_at),
        suspended=state.meter.suspended,
        plan=PlanView(
            name=plan.name,
            monthly_messages=plan.monthly_messages,
            phones=plan.phones,
            features=sorted(plan.features),
        ),
        usage=UsageView(month=f"{state.month[:4]}-{state.month[4:]}", messages=state.month_count),
        credits=state.credits,
        balance_usd=dollars(state.micro_usd) if state.micro_usd is not None else None,
    )


@router.get("/ledger", responses=problems(), summary="What was charged, refunded and topped up, newest first")
async def ledger(
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^\d{30}$")] = None,
) -> LedgerPage:
    entries, following = list_ledger(caller.deps, caller.account, limit, cursor)
    return LedgerPage(data=[_view(entry) for entry in entries], next_cursor=following)


def _view(entry: LedgerEntry) -> EntryView:
    return EntryView(
        id=entry.id,
        at=rfc3339(entry.at),
        kind=entry.kind,
        credits=entry.credits,
        usd=dollars(entry.micro_usd),
        message_id=ids.spell("msg", entry.message_id) if entry.message_id is not None else None,
        note=entry.note,
    )
