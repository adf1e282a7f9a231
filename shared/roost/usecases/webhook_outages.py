"""An endpoint's outage is written down, looked after by the sweep, and retried by one execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from roost.domain.instants import MINUTE
from roost.domain.outages import Changes, Failure, after_failure
from roost.domain.webhooks import Endpoint
from roost.runtime.deps import Deps
from roost.runtime.log import logger
from roost.storage.checks import Check, look_again
from roost.storage.deliveries import list_owed
from roost.storage.webhooks import change_endpoint, get_endpoint

if TYPE_CHECKING:
    from roost.outbound.executions import Executions

LOOK_AGAIN_AFTER = 10 * MINUTE


def begin_outage(deps: Deps, executions: Executions, endpoint: Endpoint, failure: Failure) -> None:
    """After the failed event and those behind it are owed."""
    changes = after_failure(endpoint, failure, deps.now(), deps.entropy(2), others_passed=False, new_outage=True)
    write_down(deps, executions, endpoint, changes)


def write_down(
    deps: Deps, executions: Executions, endpoint: Endpoint, changes: Changes, expect: dict[str, Any] | None = None
) -> Endpoint | None:
    """The endpoint as it then is, its execution started; None when `expect` no longer holds: another is at it."""
    stands = change_endpoint(deps.webhooks, endpoint, changes, expect=expect)
    if stands is None:
        return None
    if stands.disabled_at is not None and endpoint.disabled_at is None:
        # The owner reads it on the endpoint, too; mails about it come with the dashboard.
        logger().warning("webhook disabled", account=endpoint.account, endpoint=endpoint.id, why=stands.disabled_reason)
    if stands.outage_at is not None and stands.outage_at != endpoint.outage_at:
        retry_outage(executions, stands)
    return stands


def retry_outage(executions: Executions, endpoint: Endpoint) -> None:
    if endpoint.outage_at is not None:
        retry_at = endpoint.retry_at if endpoint.retry_at is not None else endpoint.outage_at
        executions.retry_webhook(endpoint.account, endpoint.id, endpoint.outage_at, retry_at)


def look_after_webhook(deps: Deps, executions: Executions, check: Check) -> None:
    """The sweep's look: an execution that was lost is started anew, and debts that nobody works off get one."""
    endpoint = get_endpoint(deps.webhooks, check.account, check.webhook or "")
    if endpoint is None or not endpoint.enabled:
        return
    if endpoint.outage_at is None:
        if endpoint.replay_from is None and not list_owed(deps.webhooks, endpoint, 1):
            return
        now = deps.now()
        changes: Changes = {"outage_at": now, "retry_at": now}
        write_down(deps, executions, endpoint, changes, expect={"outage_at": None})
    else:
        retry_outage(executions, endpoint)
    look_again(deps.devices, check, deps.now(), LOOK_AGAIN_AFTER)
