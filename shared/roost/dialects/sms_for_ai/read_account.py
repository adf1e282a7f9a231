"""GET /api/v1, /api/v1/me, /api/v1/balance and /api/v1/countries."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from roost.dialects.sms_for_ai.balance import credits_usd
from roost.dialects.sms_for_ai.permissions import permissions
from roost.dialects.sms_for_ai.router import refusals, sms_for_ai_router, token_with
from roost.dialects.sms_for_ai.wire_money import usd
from roost.domain.api_keys import Scope
from roost.usecases.prices import list_tariffs
from roost.usecases.read_account import read_account
from roost.web.caller import Caller

router = sms_for_ai_router()

AnyToken = Annotated[Caller, Depends(token_with(None))]

ENDPOINTS = [
    "GET /api/v1",
    "GET /api/v1/me",
    "GET /api/v1/balance",
    "GET /api/v1/countries",
    "POST /api/v1/sms/send",
    "GET /api/v1/sms",
    "GET /api/v1/sms/{id}",
    "POST /api/v1/conversion/report",
]


class ApiInfo(BaseModel):
    api: str
    version: str
    status: str
    endpoints: list[str]


class Token(BaseModel):
    id: int
    name: str
    permissions: list[str]


class User(BaseModel):
    name: str
    email: str
    credits: float


class Me(BaseModel):
    token: Token
    user: User


class Balance(BaseModel):
    """An account that is charged nothing shows a million dollars: the field is a number."""

    credits_usd: float


class CountryView(BaseModel):
    country_code: str
    country_name: str
    dial_code: str
    price_usd: float


@router.get("", summary="What this API is")
async def info() -> ApiInfo:
    return ApiInfo(api="SMS for AI", version="1.0", status="ok", endpoints=ENDPOINTS)


@router.get("/me", responses=refusals(), summary="The token and its account")
async def me(caller: AnyToken) -> Me:
    key, state = caller.api_key, read_account(caller.deps, caller.account)
    return Me(
        token=Token(id=int(key.id.removeprefix("key_"), 16), name=key.name, permissions=permissions(key.scopes)),
        user=User(name=state.account.name, email=state.account.email, credits=credits_usd(state)),
    )


@router.get("/balance", responses=refusals(), summary="Credits in USD")
async def balance(caller: Annotated[Caller, Depends(token_with(Scope.ACCOUNT_READ))]) -> Balance:
    return Balance(credits_usd=credits_usd(read_account(caller.deps, caller.account)))


@router.get("/countries", responses=refusals(), summary="Where messages can be sent, and for how much")
async def countries(caller: AnyToken) -> list[CountryView]:
    return [
        CountryView(
            country_code=tariff.country.code,
            country_name=tariff.country.name,
            dial_code=tariff.country.dial_code,
            price_usd=usd(tariff.micro_usd),
        )
        for tariff in list_tariffs(caller.deps, caller.account)
        if tariff.active and tariff.country is not None
    ]
