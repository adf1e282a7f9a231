"""How many messages a key may send through tools in any hour."""

from __future__ import annotations

from roost.runtime.settings import settings


def agent_sends_per_hour() -> int:
    return settings().agent_sends_per_hour
