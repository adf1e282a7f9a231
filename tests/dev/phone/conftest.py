"""A paired phone in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dev.phone.world import World


@pytest.fixture
def unpaired(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def world(unpaired: World) -> World:
    unpaired.pair()
    unpaired.run(0)
    return unpaired
