"""AWS at the wire, with nothing in it but one API key: enough to run each handler, and to see which calls it makes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from roost.domain.api_keys import ApiKey, Scope, hash_of, hint_of
from roost.storage.api_keys import secret_item

API_KEY = "roost_RAKQvOgGnHaKu9UFpCZz76WEP5ld7A1HdkEs"
"""The key in `events/*.json`."""

EMPTY: dict[str, tuple[int, dict[str, Any]]] = {
    "GetItem": (200, {}),
    "PutItem": (200, {}),
    "UpdateItem": (200, {}),
    "DeleteItem": (200, {}),
    "TransactWriteItems": (200, {}),
    "Query": (200, {"Items": [], "Count": 0, "ScannedCount": 0}),
    "BatchGetItem": (200, {"Responses": {}, "UnprocessedKeys": {}}),
    "StartExecution": (200, {"executionArn": "arn", "startDate": 1_795_165_443}),
    "GetParameter": (400, {"__type": "ParameterNotFound", "message": "not found"}),
}


class FakeAws:
    """`calls`: the operations asked for, in order."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.calls: list[str] = []
        self._key_item = _stored_key()

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append(operation)
        if operation == "GetItem" and request["Key"] == {name: self._key_item[name] for name in ("pk", "sk")}:
            return 200, {"Item": self._key_item}
        return EMPTY[operation]


@contextmanager
def fake_aws() -> Iterator[FakeAws]:
    """A server on loopback; stopped at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = aws.answer(self.headers["x-amz-target"].split(".")[-1], request)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
            """Nobody reads an access log of a test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        aws = FakeAws(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield aws
        server.shutdown()
        thread.join()


def _stored_key() -> dict[str, Any]:
    """The item our own storage code writes for this key, as DynamoDB spells it."""
    secret_hash = hash_of(API_KEY)
    key = ApiKey(
        "acc0123456789", "key_00000001", "example", secret_hash, hint_of(API_KEY), frozenset(Scope), created_at=0
    )
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in secret_item(key).items()}
