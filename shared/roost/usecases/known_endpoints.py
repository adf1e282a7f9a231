"""Which endpoints an account has, remembered for seconds: an account without any costs a read now and then."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from roost.domain.instants import SECOND
from roost.domain.webhooks import Endpoint
from roost.runtime.deps import deps
from roost.storage.webhooks import list_endpoints

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = 5 * SECOND
"""How long a new endpoint may go unnoticed."""

MOST_ACCOUNTS = 1_000


class KnownEndpoints:
    """One per warm environment."""

    def __init__(self, table: Table, now: Callable[[], int]) -> None:
        self._table = table
        self._now = now
        self._kept: dict[str, tuple[int, list[Endpoint]]] = {}

    def of(self, account: str) -> list[Endpoint]:
        until, endpoints = self._kept.get(account, (0, []))
        if self._now() >= until:
            endpoints = list_endpoints(self._table, account)
            if len(self._kept) >= MOST_ACCOUNTS:
                self._kept.clear()
            self._kept[account] = (self._now() + KEEP, endpoints)
        return endpoints


@cache
def known_endpoints() -> KnownEndpoints:
    """The warm environment's one memory."""
    return KnownEndpoints(deps().webhooks, deps().now)
