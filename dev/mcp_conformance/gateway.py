"""API Gateway for one handler in this process: HTTP on loopback in, events of payload format 2.0 out."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import httpx

from dev.lambda_transport import gateway_event

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@contextmanager
def gateway(handler: Handler, key: str) -> Iterator[str]:
    """The base URL. `key`: added to requests that bring none, because the suite cannot send one."""

    class Gateway(BaseHTTPRequestHandler):
        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            url, headers = f"http://localhost{self.path}", list(self.headers.items())
            request = httpx.Request(self.command, url, headers=headers, content=content)
            event = gateway_event(request, f"{self.command} {self.path}", {})
            event["headers"].setdefault("authorization", f"Bearer {key}")
            event["headers"]["x-forwarded-proto"] = "http"
            answer = handler(event, SimpleNamespace(aws_request_id="conformance", function_name="mcp"))
            body = answer.get("body") or ""
            answered = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
            self.send_response(answer["statusCode"])
            for name, value in answer.get("headers", {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered)

        do_GET = do_POST = do_DELETE = do_OPTIONS = answer  # noqa: N815 (http.server's names)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
            """The suite tells what it asked."""

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=_serve, args=(server,), daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def _serve(server: HTTPServer) -> None:
    """Mangum wants the loop of its thread."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    server.serve_forever()
