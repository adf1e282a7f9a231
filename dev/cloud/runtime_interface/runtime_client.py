"""Stand-in for awslambdaric's C extension of this name, which exists for Linux only: Lambda's Runtime API over HTTP."""

import http.client
import os
import socket
from functools import cache

ROOT = "/2018-06-01/runtime/invocation"


class RuntimeApi:
    """One kept connection to the Runtime API."""

    def __init__(self, address: str) -> None:
        # no timeout: asking for the next event blocks until there is one
        self._connection = http.client.HTTPConnection(address)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get_next(self) -> tuple[bytes, dict[str, str | int]]:
        """The next event and its headers; the deadline is a number, as the extension has it."""
        self._connection.request("GET", f"{ROOT}/next")
        body, headers = self._answer(200)
        return body, {**headers, "Lambda-Runtime-Deadline-Ms": int(headers["Lambda-Runtime-Deadline-Ms"])}

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        """Hand in an answer or an error."""
        self._connection.request("POST", f"{ROOT}/{path}", body, headers)
        self._answer(202)

    def _answer(self, expected: int) -> tuple[bytes, dict[str, str]]:
        response = self._connection.getresponse()
        content = response.read()
        if response.status != expected:
            raise RuntimeError(f"the Runtime API answered {response.status}: {content[:200]!r}")
        return content, dict(response.getheaders())


@cache
def _api() -> RuntimeApi:
    return RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])


def initialize_client(user_agent: str) -> None:
    """Called while awslambdaric is imported; the local Runtime API does not ask who its caller is."""


def next() -> tuple[bytes, dict[str, str | int]]:  # noqa: A001 (the extension's name)
    """Block until there is an event."""
    return _api().get_next()


def post_invocation_result(request_id: str, data: bytes, content_type: str, invocation_id: str | None = None) -> None:
    """Answer an event."""
    _api().post(f"{request_id}/response", data, _headers(content_type, invocation_id))


def post_error(request_id: str, error: str, xray_cause: str, invocation_id: str | None = None) -> None:
    """Report an exception; `error` is JSON with errorType and errorMessage."""
    headers = _headers("application/json", invocation_id)
    headers["Lambda-Runtime-Function-Error-Type"] = "Unhandled"
    if xray_cause:
        headers["Lambda-Runtime-Function-XRay-Error-Cause"] = xray_cause
    _api().post(f"{request_id}/error", error.encode(), headers)


def _headers(content_type: str, invocation_id: str | None) -> dict[str, str]:
    named = {"Lambda-Runtime-Invocation-Id": invocation_id} if invocation_id else {}
    return {"Content-Type": content_type, **named}
