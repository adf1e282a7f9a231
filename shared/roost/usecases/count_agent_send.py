"""Count a send by a tool against the hourly limit of its key, before anything is sent."""

from __future__ import annotations

from roost.domain.agent_limits import with_send
from roost.domain.api_keys import ApiKey
from roost.domain.errors import TryLater
from roost.runtime.deps import Deps
from roost.storage.agent_sends import get_sends, replace_sends
from roost.storage.conditional import ConditionFailed

TRIES = 30


def count_agent_send(deps: Deps, api_key: ApiKey, most: int) -> None:
    """`most`: in any 60 minutes. A try that is refused later, or that repeats another, counts too: it is tries that a
    loop makes. Raises HourlyLimitReached, TryLater."""
    for tries in range(TRIES):
        before = get_sends(deps.keys, api_key.account, api_key.id)
        after = with_send(before, deps.now(), most)
        try:
            return replace_sends(deps.keys, api_key.account, api_key.id, before, after)
        except ConditionFailed:
            deps.back_off(tries)
    raise TryLater
