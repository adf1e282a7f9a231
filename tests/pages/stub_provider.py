"""An OpenID provider on loopback: discovery, keys, and a token endpoint that holds who calls it to PKCE."""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "client.example", "s3cret"


@dataclass
class Answer:
    """What the next identity token says, and what signs it."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey | None = None


class StubProvider:
    """`now`: seconds since 1970 by the clock of the test."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.answer = Answer()
        self.now = time.time
        self._challenges: dict[str, tuple[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def consent(self, url: str) -> dict[str, str]:
        """The person agrees: what the browser carries back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(self._challenges)}"
        self._challenges[code] = (asked["code_challenge"], asked["nonce"])
        return {"code": code, "state": asked["state"]}

    def configuration(self) -> dict[str, str]:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer, **{name: self.issuer + path for name, path in paths.items()}}

    def token(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """A code works once, and only for who knows the verifier behind its challenge."""
        challenge, nonce = self._challenges.pop(form["code"][0], ("", ""))
        digest = sha256(form.get("code_verifier", [""])[0].encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            return 400, {"error": "invalid_grant"}
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "1", "iat": now, "exp": now + 300, "nonce": nonce}
        signer = self.answer.key or self.key
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.answer.claims, signer)
        return 200, {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's below
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path.startswith("/.well-known/")
                keys = {"keys": [provider.key.as_dict(private=False)]}
                self._answer(200, provider.configuration() if known else keys)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                self._answer(*provider.token(parse_qs(body)))

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                return

        return Handler
