"""A socket whose every read and write ends at one instant: a peer that drips cannot stretch a call.

A socket's own time-out starts anew with each byte.
"""

from __future__ import annotations

import io
import socket
import time
from types import TracebackType
from typing import Self


class OutOfTime(OSError):
    """The deadline has passed."""


class Deadline:
    """`seconds` from now, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._end = self._began + seconds

    def left(self) -> float:
        """Seconds. Raises OutOfTime when none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return left

    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def shorten(self, seconds: float) -> None:
        """From now on at most this long."""
        self._end = min(self._end, time.monotonic() + seconds)

    def spent_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1_000)


class DeadlineStream(io.RawIOBase):
    """Closes the socket with itself."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self._deadline = deadline

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)

    def send(self, content: bytes) -> None:
        """All of it. A receiver that does not read is out of time like one that does not answer."""
        left = memoryview(content)
        while left:
            self._socket.settimeout(self._deadline.left())
            left = left[self._socket.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `http.client.HTTPResponse` reads from."""
        return io.BufferedReader(self)
