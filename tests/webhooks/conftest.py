"""Receivers for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roost.runtime.deps import Deps
from tests.webhook_receiver import Receiver, receiving
from tests.webhooks.desk import Desk


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def desk(deps: Deps, receiver: Receiver) -> Desk:
    return Desk(deps, receiver)
