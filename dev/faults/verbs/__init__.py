"""What the steps of a scenario do, by family (phone protocol §23)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dev.faults.stage import Stage, Step
from dev.faults.verbs import net, phone, push, radio, server, stream

Verb = Callable[[Stage, Step], None]

VERBS: Mapping[str, Verb] = MappingProxyType(
    {**server.VERBS, **push.VERBS, **net.VERBS, **phone.VERBS, **radio.VERBS, **stream.VERBS}
)
