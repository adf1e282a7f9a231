"""Who is calling: the key or token of a request, checked before its use case runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from roost.domain.api_keys import ApiKey, Scope
from roost.domain.phones import Phone
from roost.domain.senders import Sender
from roost.runtime.deps import Deps, deps
from roost.usecases.authenticate import authenticate, authenticate_phone
from roost.usecases.count_request import count_request
from roost.web.rate_limit import rate_limit_headers

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

    @property
    def sender(self) -> Sender:
        """Whose limits a message of this request counts against."""
        return Sender(self.api_key.account, self.api_key)


@dataclass(frozen=True, slots=True)
class PhoneCaller:
    """The phone whose token a request carries."""

    phone: Phone
    deps: Deps


SecretOf = Callable[..., Awaitable[str | None]]
"""A dependency that finds the key in a request, where a dialect wants it elsewhere than in a header."""


async def secret_in_headers(
    header_key: Annotated[str | None, Security(HEADER_KEY)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER_KEY)],
) -> str | None:
    """`x-api-key`, or `Authorization: Bearer`."""
    return header_key or (bearer.credentials if bearer else None)


def sender_with(scope: Scope | None, secret_of: SecretOf = secret_in_headers) -> Callable[..., Awaitable[Caller]]:
    """A dependency for routes that send: the caller, if its key has `scope` (None: any key). The use case counts the
    request, in the transaction that writes the message, so that a refused one counts nothing."""

    async def sender(request: Request, secret: str | None = Depends(secret_of)) -> Caller:
        api_key = authenticate(deps(), secret, scope, source_of(request))
        request.state.key_id = api_key.id
        return Caller(api_key, deps())

    return sender


def caller_with(scope: Scope, secret_of: SecretOf = secret_in_headers) -> Callable[..., Awaitable[Caller]]:
    """A dependency for all other routes: the caller, if its key has `scope`; the request is counted here."""

    identified = Depends(sender_with(scope, secret_of))

    async def counted(response: Response, caller: Caller = identified) -> Caller:
        response.headers.update(rate_limit_headers(count_request(caller.deps, caller.api_key)))
        return caller

    return counted


def source_of(request: Request) -> str:
    """The caller's address as API Gateway saw it; never a header, which anybody can write."""
    context = request.scope.get("aws.event", {}).get("requestContext", {})
    return str(context.get("http", {}).get("sourceIp", ""))


async def calling_phone(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(PHONE_TOKEN)],
) -> PhoneCaller:
    return PhoneCaller(authenticate_phone(deps(), bearer.credentials if bearer else None), deps())


async def _anybody() -> Deps:
    return deps()


Anybody = Annotated[Deps, Depends(_anybody)]
"""What a public route works with; PUBLIC_ROUTES lists them."""
