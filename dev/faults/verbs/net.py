"""`net.*`: what befalls a phone's requests and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from dev.faults.network import Harm, NetFault
from dev.faults.stage import Stage, Step

GIVEN = frozenset(NetFault.__dataclass_fields__) - {"harm"}
NAMES = {"slow": "delay"}
"""Where the protocol's verb has another name."""


def _harm(harm: Harm) -> Callable[[Stage, Step], None]:
    def add(stage: Stage, step: Step) -> None:
        given = {name: value for name, value in step.items() if name in GIVEN}
        stage.device(step).network.faults.append(NetFault(harm, **given))

    return add


def offline(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.app.network_changed(None)
    device.touch()


def online(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.app.network_changed(step.get("net", "wifi"))
    device.touch()


VERBS = {
    "net.offline": offline,
    "net.online": online,
    **{f"net.{NAMES.get(harm, harm)}": _harm(harm) for harm in get_args(Harm)},
}
