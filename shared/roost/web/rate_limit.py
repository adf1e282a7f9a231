"""What is left of a key's limits, as headers (draft-ietf-httpapi-ratelimit-headers-11)."""

from __future__ import annotations

from collections.abc import Iterable

from roost.domain.errors import LimitReached, Quota, RoostError


def rate_limit_headers(quotas: Iterable[Quota]) -> dict[str, str]:
    """`RateLimit-Policy: "minute";q=100;w=60` and `RateLimit: "minute";r=50;t=30`; none for a key without limits."""
    listed = list(quotas)
    if not listed:
        return {}
    return {
        "RateLimit-Policy": ", ".join(f'"{quota.name}";q={quota.limit};w={quota.window}' for quota in listed),
        "RateLimit": ", ".join(f'"{quota.name}";r={quota.remaining};t={quota.resets_in}' for quota in listed),
    }


def refusal_headers(error: RoostError) -> dict[str, str]:
    """For a request beyond a limit of time; `Retry-After` in seconds."""
    if not isinstance(error, LimitReached):
        return {}
    return {"Retry-After": str(error.retry_after), **rate_limit_headers(error.quotas)}
