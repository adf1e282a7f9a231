"""A function that dies while a claim writes the messages of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from roost.storage import messages as stored


@contextmanager
def dying_behind(written: int) -> Iterator[None]:
    """Inside, a function dies behind its transaction, when `written` messages of a lane have become items."""
    put, puts = stored.put_new_message, count()

    def put_or_die(*arguments: Any) -> None:
        if next(puts) == written:
            raise RuntimeError("killed")
        put(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "put_new_message", put_or_die)
        yield
