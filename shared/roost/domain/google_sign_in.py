"""Sign-in by Google: what binds its answer to the browser that asked, and whom its answer names."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roost.domain.errors import RoostError
from roost.domain.instants import MINUTE
from roost.domain.sign_in import normal_email

ASKING_LIFETIME = 10 * MINUTE
ISSUER = "https://accounts.google.com"


class GoogleRefused(RoostError):
    status, code, title = 403, "google_refused", "Google sign-in did not work: begin again"


class GoogleNotSetUp(RoostError):
    status, code, title = 404, "google_not_set_up", "Google sign-in is not set up here"


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to Google and back. `secret` stays in the browser's cookie, and the three follow from it: nothing is
    stored, and an answer that another browser asked for fits no cookie here."""

    secret: str

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Of PKCE (RFC 7636): 43 to 128 characters."""
        return self._derived("verifier")

    def is_answered_by(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _derived(self, use: str) -> str:
        return hmac.new(self.secret.encode(), use.encode(), hashlib.sha256).hexdigest()


def email_of(claims: Mapping[str, Any]) -> str:
    """Of a checked identity token. Raises GoogleRefused: an address Google has not verified may be somebody else's."""
    email = normal_email(str(claims.get("email", "")))
    if email is None or claims.get("email_verified") is not True:
        raise GoogleRefused("Google has not verified the e-mail address of this account: use a link by mail instead")
    return email
