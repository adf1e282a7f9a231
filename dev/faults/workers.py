"""Two processes with an engine each: what they are asked is data, what they answer is data."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue
from typing import Any

from dev.faults.random_plan import Size
from dev.faults.random_round import Round, play_round
from dev.faults.runtime import Runtime, running
from dev.faults.scenarios import Outcome, Scenario, play

WORKERS = 2


@dataclass(frozen=True, slots=True)
class RoundTask:
    seed: str
    size: Size


Task = Scenario | RoundTask


@dataclass(frozen=True, slots=True)
class Told:
    """About the `number`-th task: how far it is, or its result. `broke`: the harness itself failed, and how."""

    number: int
    part: float = 1.0
    result: Outcome | Round | None = None
    broke: str | None = None


class WorkerLost(Exception):
    """A worker process ended without an answer."""


def work_off(tasks: Sequence[Task], workers: int = WORKERS) -> Iterator[Told]:
    """Everything the workers tell, in the order in which it happens. Raises WorkerLost."""
    context = multiprocessing.get_context("spawn")
    asked: Queue[Any] = context.Queue()
    told: Queue[Any] = context.Queue()
    for entry in [*enumerate(tasks), *[None] * workers]:
        asked.put(entry)
    processes = [context.Process(target=_work, args=(asked, told), daemon=False) for _ in range(workers)]
    for process in processes:
        process.start()
    try:
        yield from _listen(told, processes, len(tasks))
    finally:
        for process in processes:
            process.join(10)
            process.terminate()


def _listen(told: Queue[Any], processes: Sequence[Any], expected: int) -> Iterator[Told]:
    while expected:
        try:
            news: Told = told.get(timeout=5)
        except Exception:  # queue.Empty: look whether somebody still works
            if not any(process.is_alive() for process in processes):
                raise WorkerLost("the workers ended before their work was done; their output is above") from None
            continue
        expected -= news.result is not None or news.broke is not None
        yield news


def _work(asked: Queue[Any], told: Queue[Any]) -> None:
    with running() as runtime:
        for number, task in iter(asked.get, None):
            try:
                result = _do(runtime, task, lambda part, number=number: told.put(Told(number, part)))
                told.put(Told(number, result=result))
            except Exception:
                told.put(Told(number, broke=traceback.format_exc(limit=-6)))


def _do(runtime: Runtime, task: Task, progress: Any) -> Outcome | Round:
    if isinstance(task, Scenario):
        return play(runtime, task)
    return play_round(runtime, task.size, task.seed, progress)
