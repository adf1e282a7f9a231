"""The scripted server on a real port, in real time, for phones that run as programs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import quote

import httpx

from dev.phone.clock import VirtualTime
from tests.dev.phone.scripted_server import ScriptedServer


class RealTime(VirtualTime):
    """True time that moves on its own."""

    def __init__(self) -> None:
        super().__init__(0)

    def __getattribute__(self, name: str) -> object:
        return time.time_ns() // 1_000_000 if name == "now_ms" else super().__getattribute__(name)


class Served:
    """`script` is guarded by `lock` while the program talks to it."""

    def __init__(self) -> None:
        self.script = ScriptedServer(RealTime())
        self.script.next_poll_seconds = 60
        self.lock = threading.Lock()
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                served.answer(self)

            def do_PUT(self) -> None:
                served.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.link = f"roost://pair?u={quote(self.base_url, safe='')}&c=7QJ4&l=Kitchen"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        request = httpx.Request(
            handler.command, f"{self.base_url}{handler.path}", headers=dict(handler.headers), content=content
        )
        with self.lock:
            response = self.script.handle(request)
        handler.send_response(response.status_code)
        handler.send_header("Content-Length", str(len(response.content)))
        handler.end_headers()
        handler.wfile.write(response.content)

    def submit(self, job_id: str, to: str, **members: object) -> None:
        """A job on the program's first SIM, which introduced itself when it paired."""
        with self.lock:
            sims = next(body["sims"] for path, body, _, _ in self.script.calls if path == "/phone/v1/pair")
            sim = {"slot": 0, "sim_id": sims[0]["sim_id"]}
            self.script.submit(job_id, to, "a secret text", sim=sim, **members)

    def wait_for(self, event_type: str, job_id: str | None = None, *, seconds: float = 10) -> None:
        self.wait_until(lambda: event_type in self.script.types(job_id), seconds=seconds)

    def wait_for_call(self, path: str) -> None:
        self.wait_until(lambda: any(called == path for called, *_ in self.script.calls))

    def wait_until(self, is_so: Callable[[], bool], *, seconds: float = 10) -> None:
        """Fails with what the server has seen when `is_so` does not come true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.lock:
                if is_so():
                    return
            time.sleep(0.02)
        paths = [path for path, *_ in self.script.calls]
        raise AssertionError(f"it never came true; calls: {paths}, events: {self.script.types()}")
