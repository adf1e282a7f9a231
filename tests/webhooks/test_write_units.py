"""What webhooks cost in write units, counted by the engine's consumed capacity."""

from __future__ import annotations

from collections import Counter

import pytest

from dev.write_units import count_writes
from roost.domain.webhooks import Lane
from roost.runtime.deps import Deps
from roost.storage.stream_records import Told
from tests.roost_fixtures import Clock
from tests.webhooks.desk import Desk


@pytest.fixture
def written(deps: Deps) -> Counter[str]:
    return count_writes(deps)


def test_an_event_to_a_fast_endpoint_takes_two_write_units_and_ten_together_take_three(
    desk: Desk, written: Counter[str]
) -> None:
    desk.endpoint()
    written.clear()
    desk.tell(*desk.events())
    assert sum(written.values()) == 2, dict(written)
    written.clear()
    desk.tell(*desk.events(10))
    assert sum(written.values()) <= 3, dict(written)


def test_an_event_through_the_own_lane_takes_at_most_seven(desk: Desk, written: Counter[str]) -> None:
    endpoint = desk.endpoint(lane=Lane.OWN)
    written.clear()
    desk.tell(*desk.events())
    desk.drain(endpoint)
    assert sum(written.values()) <= 7, dict(written)


def test_an_account_without_webhooks_pays_no_write(desk: Desk, written: Counter[str], clock: Clock) -> None:
    written.clear()
    desk.tell_all([Told(desk.account, tuple(desk.events(20)))])
    assert sum(written.values()) == 0
