"""Amazon Bedrock's Converse call on loopback: answers what a test told it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LABELED = {"intent": "question", "suggested_response": "Thanks for your message. We will get back to you today."}


class BedrockStandIn:
    """`asked`: the texts, in order. Each answer of `script` is used once: the input of the tool, an HTTP status, or
    None for an answer without a tool; without a script each reply is a question."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.script: deque[dict[str, Any] | int | None] = deque()
        handler = type("BoundHandler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def base_url(self) -> str:
        """For `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> BedrockStandIn:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(request["messages"][-1]["content"][0]["text"])
        scripted = self.script.popleft() if self.script else LABELED
        if isinstance(scripted, int):
            return scripted, {"message": "as the script wants it"}
        named = request["toolConfig"]["toolChoice"]["tool"]["name"]
        text = {"text": "I would rather talk."}
        tool = {"toolUse": {"toolUseId": "tooluse_1", "name": named, "input": scripted}}
        message = {"role": "assistant", "content": [text if scripted is None else tool]}
        usage = {"inputTokens": 200, "outputTokens": 40, "totalTokens": 240}
        metrics = {"latencyMs": 1}
        return 200, {"output": {"message": message}, "stopReason": "tool_use", "usage": usage, "metrics": metrics}


class _Handler(BaseHTTPRequestHandler):
    stand_in: BedrockStandIn

    def do_POST(self) -> None:
        if not (self.path.startswith("/model/") and self.path.endswith("/converse")):
            self.send_error(404)
            return
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status, answer = self.stand_in.answer(request)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Replies are nobody's business."""
