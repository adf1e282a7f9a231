"""HTTP around the stand-in: Google's two calls, the phone's side, and controls for tests."""

from __future__ import annotations

import json
import re
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import TypeAdapter, ValidationError

from dev.fcm.faults import Fault
from dev.fcm.fcm_errors import FcmError
from dev.fcm.service_account import InvalidGrant

if TYPE_CHECKING:
    from dev.fcm.stand_in import FcmStandIn

SEND_PATH = re.compile(r"/v1/projects/(?P<project>[^/]+)/messages:send")
LONGEST_WAIT_SECONDS = 60.0
FAULTS: TypeAdapter[Fault | list[Fault]] = TypeAdapter(Fault | list[Fault])

Answer = tuple[int, Any, dict[str, str]]


class HttpServer:
    """Loopback only. One connection per request, so a stopped server answers nobody."""

    def __init__(self, stand_in: FcmStandIn, port: int) -> None:
        handler = type("BoundHandler", (Handler,), {"stand_in": stand_in})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="fcm-stand-in", daemon=True
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    stand_in: FcmStandIn

    def do_GET(self) -> None:
        self._answer(self._get())

    def do_POST(self) -> None:
        self._answer(self._post())

    def do_DELETE(self) -> None:
        if self._path() != "/control/faults":
            self._answer(_not_found(self._path()))
            return
        self.stand_in.clear_faults()
        self._answer((204, None, {}))

    def _get(self) -> Answer:
        path = self._path()
        if path == "/device/pushes":
            return self._pushes()
        if path == "/control/log":
            return 200, self.stand_in.sent(), {}
        if path == "/control/firebase-settings":
            return 200, self.stand_in.firebase_settings(), {}
        return _not_found(path)

    def _post(self) -> Answer:
        path, body = self._path(), self._body()
        if path == "/token":
            return self._token(body)
        if send := SEND_PATH.fullmatch(path):
            return self._send(send["project"], body)
        try:
            request = json.loads(body or b"{}")
        except json.JSONDecodeError:
            return 400, {"error": "the body is not JSON"}, {}
        return self._control(path, request)

    def _control(self, path: str, request: Any) -> Answer:
        if path == "/device/register" and isinstance(request, dict):
            kind = request.get("kind", "token")
            project = request.get("project_id", self.stand_in.project_id)
            return 200, {"token": self.stand_in.register(project, "fid" if kind == "fid" else "token")}, {}
        if path == "/control/faults":
            return self._faults(request)
        if path == "/control/unregister" and isinstance(request, dict):
            self.stand_in.unregister(str(request.get("token")))
            return 204, None, {}
        return _not_found(path)

    def _faults(self, request: Any) -> Answer:
        try:
            faults = FAULTS.validate_python(request)
        except ValidationError as error:
            return 400, {"error": str(error)}, {}
        self.stand_in.add_faults(faults if isinstance(faults, list) else [faults])
        return 204, None, {}

    def _token(self, body: bytes) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        try:
            return 200, self.stand_in.access_token(form.get("grant_type", ""), form.get("assertion", "")), {}
        except InvalidGrant as error:
            return 400, {"error": "invalid_grant", "error_description": str(error)}, {}

    def _send(self, project_id: str, body: bytes) -> Answer:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        try:
            if scheme != "Bearer" or not self.stand_in.is_access_token(token):
                raise FcmError("UNAUTHENTICATED")
            return 200, self.stand_in.send(project_id, _json_object(body)), {}
        except FcmError as error:
            retry = {} if error.retry_after_seconds is None else {"Retry-After": str(error.retry_after_seconds)}
            return error.kind.http_status, error.body(), retry

    def _pushes(self) -> Answer:
        query = parse_qs(urlsplit(self.path).query)
        token = query.get("token", [""])[0]
        try:
            wait = float(query.get("wait", ["0"])[0])
        except ValueError:
            return 400, {"error": "wait is a number of seconds"}, {}
        pushes = self.stand_in.wait_for_pushes(token, min(max(wait, 0), LONGEST_WAIT_SECONDS), self._is_listening)
        if pushes is None:
            return 404, {"error": "this registration is unknown: register again"}, {}
        return 200, pushes, {}

    def _is_listening(self) -> bool:
        """False once the caller closed the connection."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        try:
            return not readable or self.connection.recv(1, socket.MSG_PEEK) != b""
        except ConnectionError:
            return False

    def _path(self) -> str:
        return urlsplit(self.path).path

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, answer: Answer) -> None:
        status, body, headers = answer
        content = b"" if body is None else json.dumps(body).encode()
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=UTF-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: request lines carry registration tokens."""


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError):
        request = None
    if not isinstance(request, dict):
        raise FcmError("INVALID_ARGUMENT", message="Invalid JSON payload received.")
    return request


def _not_found(path: str) -> Answer:
    return 404, {"error": f"the stand-in has no {path}"}, {}
