"""A JVM with the Kotlin core, spoken to by JSON lines. Processes are kept warm and used one phone after the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

MAIN = "dev.roost.phone.core.driven.MainKt"
OPTIONS = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
CLASS_PATH = "ROOST_CORE_CLASS_PATH"
"""Where check.sh puts what it compiled."""

Message = dict[str, Any]


class CoreBroke(AssertionError):
    """The Kotlin core ended without having been killed."""


class CoreProcess:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["java", *OPTIONS, "-cp", os.environ[CLASS_PATH], MAIN],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, encoding="utf-8",
        )  # fmt: skip

    def order(self, order: Message, world: Callable[[], Message], answer: Callable[[Message], Message | None]) -> Any:
        """Give an order and answer what it asks back, until it is done: its result, or a message with `trouble`."""
        self._write({**order, "world": world()})
        while True:
            message = self._read()
            if "ask" in message or "tell" in message:
                reply = answer(message)
                if "ask" in message:
                    self._write({**(reply or {}), "world": world()})
            else:
                return message

    def _write(self, message: Message) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise CoreBroke("the Kotlin core is gone; its last words are above") from None

    def _read(self) -> Message:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CoreBroke("the Kotlin core ended; its last words are above")
        found: Message = json.loads(line)
        return found

    def kill(self) -> None:
        """SIGKILL: nothing in the process has a say in it."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


class Pool:
    """Warm processes: a world needs one per phone, and takes another for each it killed."""

    def __init__(self) -> None:
        self._idle: list[CoreProcess] = []
        self.started = 0
        self.killed = 0

    def take(self) -> CoreProcess:
        if self._idle:
            return self._idle.pop()
        self.started += 1
        return CoreProcess()

    def give_back(self, process: CoreProcess) -> None:
        self._idle.append(process)

    def kill(self, process: CoreProcess) -> None:
        self.killed += 1
        process.kill()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()


POOL = Pool()
