"""Lambda's Runtime API at the wire: hands out events one by one and keeps what the function posts."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAR_AWAY = 4_000_000_000_000  # milliseconds since 1970

Posted = queue.Queue[tuple[str, Any]]
"""(path behind `/invocation/`, JSON body) of each answer and each error."""


@contextmanager
def runtime_api(events: list[dict[str, Any]]) -> Iterator[tuple[str, Posted]]:
    """Yields (address for AWS_LAMBDA_RUNTIME_API, what was posted). After the last event it answers 500, which ends
    awslambdaric with an error."""
    waiting = iter(enumerate(events))
    posted: Posted = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Nobody reads an access log of a test."""

        def do_GET(self) -> None:
            number, event = next(waiting, (None, {}))
            if number is None:
                return self._send(500, b"{}")
            return self._send(200, json.dumps(event).encode(), f"request-{number}")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.put((self.path.split("/invocation/")[-1], body))
            self._send(202, b"")

        def _send(self, status: int, body: bytes, request_id: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/json")
            self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
            self.send_header("Lambda-Runtime-Deadline-Ms", str(FAR_AWAY))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", posted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
