"""Who is calling: the key or token of a request, checked before anything else is looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from roost.domain.api_keys import ApiKey, Scope
from roost.domain.phones import Phone
from roost.runtime.deps import deps
from roost.usecases.authenticate import authenticate, authenticate_phone

HEADER_KEY = APIKeyHeader(name="x-api-key", scheme_name="ApiKeyHeader", auto_error=False)
BEARER_KEY = HTTPBearer(scheme_name="BearerKey", auto_error=False)
PHONE_TOKEN = HTTPBearer(scheme_name="PhoneToken", auto_error=False)


def caller_with(scope: Scope) -> Callable[..., Awaitable[ApiKey]]:
    """A dependency: the key of the request, if it has `scope`."""

    async def caller(
        request: Request,
        header_key: Annotated[str | None, Security(HEADER_KEY)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER_KEY)],
    ) -> ApiKey:
        secret = header_key or (bearer.credentials if bearer else None)
        api_key = authenticate(deps(), secret, scope)
        request.state.key_id = api_key.id
        return api_key

    return caller


async def calling_phone(bearer: Annotated[HTTPAuthorizationCredentials | None, Security(PHONE_TOKEN)]) -> Phone:
    """A dependency: the phone whose token the request carries."""
    return authenticate_phone(deps(), bearer.credentials if bearer else None)
