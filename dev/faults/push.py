"""FCM in memory: what firebase-admin and google-auth send in this process is answered by the pure push service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from dev.fcm.fcm_errors import FcmError
from dev.fcm.message import parse_message
from dev.fcm.push_service import AddressKind, PushService

BASE_URL = "https://fcm.roost.test"
PROJECT_ID = "roost-faults"
SEND = re.compile(r"/v1/projects/(?P<project>[^/]+)/messages:send")


class PushWire:
    """`service` is exchanged with each world; the Firebase app inside the functions stays, as in a warm Lambda."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self.service = PushService()

    def renew(self) -> PushService:
        """A push service of its own for the next world; addresses count from 1, so that a seed repeats them."""
        numbers = iter(range(1, 1_000_000))

        def address(kind: AddressKind) -> str:
            name = f"{next(numbers):022d}"
            return name if kind == "fid" else f"{name}:APA91b"

        self.service = PushService(address)
        return self.service

    @contextmanager
    def installed(self) -> Iterator[None]:
        def send(_: HTTPAdapter, request: PreparedRequest, *_arguments: object, **_options: object) -> Response:
            return self.answer(request)

        with mock.patch.object(HTTPAdapter, "send", send):
            yield

    def answer(self, request: PreparedRequest) -> Response:
        """Google's two calls: a token for an assertion, and messages:send."""
        url = request.url or ""
        if url.endswith("/token"):
            return _response(request, 200, {"access_token": "faults", "expires_in": 3_599, "token_type": "Bearer"})
        found = SEND.search(url)
        if found is None:
            raise AssertionError(f"the functions called {url}, which nobody plays here")
        try:
            message = parse_message(json.loads(_body(request)).get("message"))
            name = self.service.send(found["project"], message, self._now_ms())
        except FcmError as error:
            return _response(request, error.kind.http_status, error.body(), error.retry_after_seconds)
        return _response(request, 200, {"name": name})


def _body(request: PreparedRequest) -> str | bytes:
    return request.body if isinstance(request.body, str | bytes) else b"{}"


def _response(request: PreparedRequest, status: int, body: object, retry_after: int | None = None) -> Response:
    response = Response()
    response.status_code = status
    response.request = request
    response.url = request.url or ""
    response.headers["Content-Type"] = "application/json"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    response._content = json.dumps(body).encode()
    return response
