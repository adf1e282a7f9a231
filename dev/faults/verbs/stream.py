"""`stream.*`: what befalls the batches of the messages table's stream."""

from __future__ import annotations

from dev.faults.stage import Stage, Step


def repeat(stage: Stage, step: Step) -> None:
    stage.world.stream_faults.repeat += step.get("times", 1)


def fail(stage: Stage, step: Step) -> None:
    """The function is not even entered, as when it cannot start."""
    stage.world.stream_faults.fail += step.get("times", 1)


def lose_answer(stage: Stage, step: Step) -> None:
    """The function does its work and dies before its answer: everything comes again."""
    stage.world.stream_faults.lose_answer += step.get("times", 1)


def delay(stage: Stage, step: Step) -> None:
    stage.world.stream_faults.delay_seconds = step["seconds"]


def split(stage: Stage, step: Step) -> None:
    stage.world.stream_faults.one_by_one = bool(step.get("on", True))


VERBS = {
    "stream.repeat": repeat,
    "stream.fail": fail,
    "stream.lose_answer": lose_answer,
    "stream.delay": delay,
    "stream.split": split,
}
