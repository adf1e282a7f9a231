"""`push.*`: what Google and the way to the phone do with wakes."""

from __future__ import annotations

from collections.abc import Callable

from dev.faults.push import PROJECT_ID
from dev.faults.stage import Stage, Step
from dev.fcm.faults import Fault, FaultKind
from dev.fcm.message import Message
from dev.phone.phone import Wake


def _fault(kind: FaultKind) -> Callable[[Stage, Step], None]:
    def add(stage: Stage, step: Step) -> None:
        token = stage.device(step).address if "phone" in step else None
        fault = Fault(
            kind=kind,
            times=step.get("times", 1),
            token=token,
            copies=step.get("copies", 2),
            delay_seconds=step.get("seconds", 0),
            error=step.get("error"),
            retry_after_seconds=step.get("retry_after"),
        )
        stage.world.push.faults.add([fault])

    return add


def deliver(stage: Stage, step: Step) -> None:
    """A wake from somewhere: an old one that took its time."""
    device = stage.device(step)
    device.app.wake(Wake("stale", step.get("priority", "high"), "high"))
    device.touch()


def overflow(stage: Stage, step: Step) -> None:
    """`count` wakes wait for a phone that is away; the 101st drops them all."""
    device = stage.device(step)
    for _ in range(step.get("count", 101)):
        message = Message(device.address or "", {"v": "1", "t": "wake", "n": "x"}, "high", 3_600)
        stage.world.push.send(PROJECT_ID, message, stage.world.time.now_ms)
    del stage.world.push.log[-step.get("count", 101) :]


def expire(stage: Stage, step: Step) -> None:
    """The registration is gone: sends are answered UNREGISTERED."""
    stage.world.push.unregister(stage.device(step).address or "")


def register(stage: Stage, step: Step) -> None:
    """Google gives the app another address."""
    stage.device(step).register_push()


VERBS = {
    "push.lose": _fault(FaultKind.LOSE),
    "push.delay": _fault(FaultKind.DELAY),
    "push.duplicate": _fault(FaultKind.DUPLICATE),
    "push.reorder": _fault(FaultKind.REORDER),
    "push.deprioritise": _fault(FaultKind.DEPRIORITISE),
    "push.error": _fault(FaultKind.ERROR),
    "push.deliver": deliver,
    "push.overflow": overflow,
    "push.expire": expire,
    "push.register": register,
}
