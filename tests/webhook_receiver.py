"""A real HTTP receiver on loopback, which keeps what it got and answers as the test says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_SECONDS = 20

Answer = Callable[["Handler"], None]
"""Writes an answer to one request, or misbehaves."""


@dataclass(frozen=True)
class Posted:
    """`headers`: names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answer`: how it behaves now. `posted`: what it got, in order."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answer: Answer = lambda handler: handler.reply(204)
    by_path: dict[str, Answer] = field(default_factory=dict)
    may_end: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, count: int, seconds: float = PATIENCE_SECONDS) -> list[Posted]:
        """The first `count` requests. AssertionError when there are fewer in time."""
        deadline = time.monotonic() + seconds
        while len(self.posted) < count:
            assert time.monotonic() < deadline, f"only {len(self.posted)} of {count} requests came"
            time.sleep(0.01)
        return self.posted[:count]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.posted.append(Posted(self.path, headers, body))
        self.close_connection = True
        self.receiver.by_path.get(self.path, self.receiver.answer)(self)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def raw(self, content: bytes) -> None:
        """Bytes that need be no HTTP."""
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        """Nobody reads an access log of a test."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hangs up on a dripping answer is what the tests are about."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    handler = type("BoundHandler", (Handler,), {"receiver": receiver})
    with Server(("127.0.0.1", 0), handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield receiver
        receiver.may_end.set()
        server.shutdown()
        thread.join()


def answering(status: int, body: bytes = b"", **headers: str) -> Answer:
    return lambda handler: handler.reply(status, body, **headers)


def hanging(handler: Handler) -> None:
    handler.receiver.may_end.wait(PATIENCE_SECONDS)


def dripping(handler: Handler) -> None:
    """A header that never ends, byte by byte: each comes before any time-out of a single read."""
    handler.raw(b"HTTP/1.1 200 OK\r\nx-drip: ")
    while not handler.receiver.may_end.wait(0.05):
        handler.raw(b"x")


def closing_half_way(handler: Handler) -> None:
    handler.raw(b"HTTP/1.1 20")
    handler.connection.shutdown(socket.SHUT_RDWR)
