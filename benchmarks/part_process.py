"""A process for each part: none inherits the clients, caches or clock of another."""

from __future__ import annotations

import importlib
import multiprocessing
import traceback
from typing import Any

from benchmarks.figures import Found, Size


def in_a_process_of_its_own(part: str, size: Size) -> Found | str:
    """What it found, or how it broke."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=_work, args=(theirs, part, size))
    worker.start()
    theirs.close()
    try:
        found: Found | str = ours.recv()
    except EOFError:
        found = f"{part} ended without a result"
    worker.join()
    return found


def _work(pipe: Any, part: str, size: Size) -> None:
    try:
        pipe.send(importlib.import_module(f"benchmarks.{part}").measure(size))
    except Exception:
        pipe.send(traceback.format_exc())
