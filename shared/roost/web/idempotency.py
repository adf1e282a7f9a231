"""The Idempotency-Key of a request, quoted or bare (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import Header, Request

from roost.domain.errors import InvalidRequest
from roost.usecases.submission import Idempotency

MAX_LENGTH = 255


async def idempotency_of(
    request: Request,
    idempotency_key: Annotated[
        str | None, Header(description="Repeat a request with the same key within 24 h and it is served once.")
    ] = None,
) -> Idempotency | None:
    """None without the header. Raises InvalidRequest on an empty or over-long key."""
    if idempotency_key is None:
        return None
    key = idempotency_key.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= MAX_LENGTH:
        raise InvalidRequest.of("Idempotency-Key", f"must have 1 to {MAX_LENGTH} characters")
    canonical = json.dumps(await _parsed(request), sort_keys=True)
    fingerprint = hashlib.sha256(f"{request.method} {request.url.path}\n{canonical}".encode()).hexdigest()
    return Idempotency(hashlib.sha256(key.encode()).hexdigest(), fingerprint)


async def _parsed(request: Request) -> Any:
    """A body that is no JSON is refused by the route itself, which says so better."""
    try:
        return await request.json()
    except (ValueError, RecursionError):
        return None
