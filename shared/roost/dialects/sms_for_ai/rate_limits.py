"""`X-RateLimit-Limit` and `X-RateLimit-Remaining`, of the limit that is nearest to its end."""

from __future__ import annotations

from collections.abc import Sequence

from roost.domain.errors import Quota


def rate_limit_headers(quotas: Sequence[Quota]) -> dict[str, str]:
    """None for a key without limits of time."""
    if not quotas:
        return {}
    nearest = min(quotas, key=lambda quota: quota.remaining)
    return {"X-RateLimit-Limit": str(nearest.limit), "X-RateLimit-Remaining": str(nearest.remaining)}
