"""Runs a phone in real time: ticks when something is due, wakes for pushes, stops on a signal."""

from __future__ import annotations

import queue
import signal
import threading
from types import FrameType
from typing import Any

from dev.phone.narration import Tell
from dev.phone.phone import Phone, Wake
from dev.phone.push_listener import PushNews, Registered
from dev.phone.standing import ADVICE, Standing

LONGEST_SLEEP_SECONDS = 60.0
FINISHED = frozenset({Standing.UNPAIRED, Standing.REMOVED, Standing.PAIR_AGAIN})


class Stopped(BaseException):
    """SIGTERM or SIGINT. May interrupt the phone anywhere: it survives worse."""


class Runner:
    def __init__(self, phone: Phone, tell: Tell) -> None:
        self._phone = phone
        self._tell = tell
        self._news: queue.SimpleQueue[PushNews] = queue.SimpleQueue()
        self._something_new = threading.Event()

    def deliver(self, news: PushNews) -> None:
        """Called by the push listener, on its thread."""
        self._news.put(news)
        self._something_new.set()

    def run(self) -> None:
        """Until the server dismisses this phone. Raises Stopped on SIGTERM and SIGINT."""
        while self._phone.standing not in FINISHED:
            self._something_new.clear()
            self._take_news()
            wait = self._phone.tick()
            if self._phone.standing not in FINISHED:
                self._something_new.wait(min(wait, LONGEST_SLEEP_SECONDS))
        self._tell(ADVICE.get(self._phone.standing, "this phone is not paired"))

    def _take_news(self) -> None:
        while not self._news.empty():
            news = self._news.get()
            if isinstance(news, Registered):
                self._registered(news)
            elif news.body.get("kind") == "deleted":
                self._tell("push: messages were dropped")
                self._phone.pushes_deleted()
            else:
                self._tell("push: wake")
                self._phone.wake(wake_of(news.body))

    def _registered(self, news: Registered) -> None:
        firebase = self._phone.firebase
        if firebase is not None:
            self._phone.push_registered(news.token, firebase.project_id)


def wake_of(body: dict[str, Any]) -> Wake:
    """A push of the stand-in as Android would hand it over."""
    nonce = body.get("data", {}).get("n")
    priority = "normal" if body.get("priority") == "normal" else "high"
    original = "normal" if body.get("original_priority") == "normal" else "high"
    return Wake(nonce, "normal" if priority == "normal" else "high", "normal" if original == "normal" else "high")


def raise_on_signals() -> None:
    """Turn SIGTERM and SIGINT into `Stopped` in the main thread."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
