"""Google's OpenID Connect: the code flow with PKCE (RFC 7636) by Authlib, the identity token checked by joserfc."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from roost.domain.google_sign_in import Asking, GoogleRefused

ALGORITHMS = ("RS256",)
"""All that Google signs identity tokens with; `none` and HMAC by a public key must not pass."""

TIMEOUT_SECONDS = 5
LEEWAY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Google:
    """`issuer`: where its configuration is found, and who its tokens must be of."""

    client_id: str
    client_secret: str
    issuer: str

    def consent_url(self, asking: Asking, callback: str) -> str:
        """Where the browser goes. Raises GoogleRefused."""
        with self._session(callback) as session:
            endpoint = self._read(session, self._configuration_url)["authorization_endpoint"]
            url, _ = session.create_authorization_url(
                endpoint, state=asking.state, nonce=asking.nonce, code_verifier=asking.verifier, prompt="select_account"
            )
        return str(url)

    def claims(self, asking: Asking, callback: str, code: str, now: int) -> Mapping[str, Any]:
        """Of the identity token this code is good for, checked: signature, issuer, audience, age, nonce. `now`: ms.
        Raises GoogleRefused."""
        with self._session(callback) as session:
            known = self._read(session, self._configuration_url)
            try:
                token = session.fetch_token(
                    known["token_endpoint"], code=code, code_verifier=asking.verifier, timeout=TIMEOUT_SECONDS
                )
                keys = KeySet.import_key_set(self._read(session, known["jwks_uri"]))  # type: ignore[arg-type]
                checked = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
                self._rules(asking, now).validate(checked.claims)
            except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError) as error:
                raise GoogleRefused(f"Google's answer is not valid ({type(error).__name__}): begin again") from error
        return checked.claims

    @property
    def _configuration_url(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    def _rules(self, asking: Asking, now: int) -> jwt.JWTClaimsRegistry:
        needed: dict[str, Any] = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": asking.nonce},
        }
        return jwt.JWTClaimsRegistry(now=now // 1_000, leeway=LEEWAY_SECONDS, **needed)

    def _session(self, callback: str) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope="openid email",
            redirect_uri=callback,
            code_challenge_method="S256",
        )

    def _read(self, session: OAuth2Session, url: str) -> dict[str, Any]:
        try:
            answer = session.get(url, timeout=TIMEOUT_SECONDS, withhold_token=True, allow_redirects=False)
            answer.raise_for_status()
            read: dict[str, Any] = answer.json()
        except (RequestException, ValueError) as error:
            raise GoogleRefused("Google cannot be reached now: try again, or use a link by mail") from error
        return read
