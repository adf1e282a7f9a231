"""awslambdaric on the pure-Python stand-in for its extension, against a Runtime API of ours."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dev.cloud.packaging import RUNTIME_STAND_IN

HANDLER = """
import runtime_client

def handler(event, context):
    if event.get("fail"):
        raise LookupError("as asked")
    return {"module": runtime_client.__file__, "name": event["name"], "left": context.get_remaining_time_in_millis()}
"""
FAR_AWAY = 4_000_000_000_000  # milliseconds since 1970


@contextmanager
def _runtime_api(events: list[dict[str, object]]) -> Iterator[tuple[str, "queue.Queue[tuple[str, dict[str, object]]]"]]:
    """Serve events as Lambda does; yields (address, posted paths and bodies)."""
    waiting = iter(enumerate(events))
    posted: queue.Queue[tuple[str, dict[str, object]]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            number, event = next(waiting, (None, {}))
            if number is None:
                return self._send(500, b"{}")
            return self._send(200, json.dumps(event).encode(), f"request-{number}")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.put((self.path, body))
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


def test_answers_and_errors_go_through_the_stand_in(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER, encoding="utf-8")
    with _runtime_api([{"name": "Grüße"}, {"fail": True}, {"name": "again"}]) as (address, posted):
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(RUNTIME_STAND_IN),
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": "f",
        }
        runtime = subprocess.run(
            [sys.executable, "-m", "awslambdaric", "app.handler"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            timeout=20,
            check=False,
        )
        answers = [posted.get(timeout=5) for _ in range(3)]
    assert runtime.returncode != 0  # the Runtime API had no fourth event
    assert [path.split("/invocation/")[1] for path, _ in answers] == [
        "request-0/response",
        "request-1/error",
        "request-2/response",
    ]
    assert answers[0][1]["name"] == "Grüße"
    assert Path(str(answers[0][1]["module"])).parent == RUNTIME_STAND_IN
    assert isinstance(answers[0][1]["left"], int)
    assert answers[1][1]["errorType"] == "LookupError"
