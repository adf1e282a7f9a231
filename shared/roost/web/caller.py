"""Who is calling: the key or token of a request, checked before its use case runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from roost.domain.api_keys import ApiKey, Scope
from roost.domain.phones import Phone
from roost.runtime.deps import Deps, deps
from roost.usecases.authenticate import authenticate, authenticate_phone

HEADER_KEY = APIKeyHeader(name="x-api-key", scheme_name="ApiKeyHeader", auto_error=False)
BEARER_KEY = HTTPBearer(scheme_name="BearerKey", auto_error=False)
PHONE_TOKEN = HTTPBearer(scheme_name="PhoneToken", auto_error=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key a request carries, and what its use case works with: dialects do not reach the runtime themselves."""

    api_key: ApiKey
    deps: Deps

    @property
    def account(self) -> str:
        return self.api_key.account


@dataclass(frozen=True, slots=True)
class PhoneCaller:
    """The phone whose token a request carries."""

    phone: Phone
    deps: Deps


def caller_with(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """A dependency: the caller, if its key has `scope`."""

    async def caller(
        request: Request,
        header_key: Annotated[str | None, Security(HEADER_KEY)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER_KEY)],
    ) -> Caller:
        return caller_by(request, header_key or (bearer.credentials if bearer else None), scope)

    return caller


def caller_by(request: Request, secret: str | None, scope: Scope) -> Caller:
    """For dialects whose key may also stand elsewhere than in a header. Raises Unauthenticated and MissingScope."""
    api_key = authenticate(deps(), secret, scope)
    request.state.key_id = api_key.id
    return Caller(api_key, deps())


async def calling_phone(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(PHONE_TOKEN)],
) -> PhoneCaller:
    return PhoneCaller(authenticate_phone(deps(), bearer.credentials if bearer else None), deps())


async def _anybody() -> Deps:
    return deps()


Anybody = Annotated[Deps, Depends(_anybody)]
"""What a public route works with; PUBLIC_ROUTES lists them."""
