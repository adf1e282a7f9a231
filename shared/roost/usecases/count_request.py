"""Count a request that sends nothing against the limits of its key."""

from __future__ import annotations

from roost.domain.api_keys import ApiKey
from roost.domain.errors import Quota, TryLater
from roost.domain.key_limits import check_key_limits, quotas_of
from roost.domain.money import ONE_REQUEST
from roost.runtime.deps import Deps
from roost.storage.conditional import ConditionFailed
from roost.storage.key_use import count_use, get_use, use_of
from roost.usecases.admit import any_free_slot

TRIES = 30


def count_request(deps: Deps, api_key: ApiKey) -> tuple[Quota, ...]:
    """What is left of the key's limits of time after this request. A key without limits costs nothing here.

    Raises RateLimited, DailyLimitReached; SpendingLimitReached never, because a read is free; TryLater.
    """
    limits = api_key.limits
    if not limits.count:
        return ()
    use = get_use(deps.keys, api_key.account, api_key.id)
    for tries in range(TRIES):
        now = deps.now()
        check_key_limits(limits, use, ONE_REQUEST, now)
        slot = any_free_slot(deps, use, now)
        try:
            return quotas_of(limits, count_use(deps.keys, api_key.account, api_key.id, limits, use, slot, now), now)
        except ConditionFailed as failure:
            if failure.item is None:
                break
            use = use_of(failure.item)
            deps.back_off(tries)
    raise TryLater
