"""Session tokens: what a signed-in person's programs call `/v1` with for an hour, instead of a key.

A JWT (HS256) with the claims that Supabase's login tokens carry, signed with a key of its session alone: it ends with
its session, and with a sign-out everywhere, at once. Nothing but the session is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any

from roost.domain.api_keys import ApiKey, Scope
from roost.domain.errors import Unauthenticated
from roost.domain.instants import HOUR, SECOND
from roost.domain.sign_in import Session
from roost.runtime.deps import Deps
from roost.storage.sessions import get_session, signed_out_everywhere_at

if TYPE_CHECKING:
    from types import ModuleType

TOKEN_LIFETIME = HOUR
AUDIENCE = "authenticated"
ALGORITHM = "HS256"
LOOKS_LIKE_A_TOKEN = re.compile(r"eyJ[\w-]{10,500}\.eyJ[\w-]{10,1000}\.[\w-]{40,90}")


def new_session_token(deps: Deps, session: Session) -> tuple[str, int]:
    """The token and its seconds, not beyond the end of the session."""
    now = deps.now()
    expires_at = min(now + TOKEN_LIFETIME, session.expires_at)
    claims: dict[str, Any] = {
        "iss": "roost",
        "aud": AUDIENCE,
        "sub": session.email,
        "email": session.email,
        "role": AUDIENCE,
        "iat": now // SECOND,
        "exp": expires_at // SECOND,
    }
    headers = {"kid": session.secret_hash}
    token = _jwt().encode(claims, _key_of(session), algorithm=ALGORITHM, headers=headers)
    return token, (expires_at - now) // SECOND


def looks_like_a_token(secret: str) -> bool:
    """False for anything that cannot be one, so that no key pays for it."""
    return LOOKS_LIKE_A_TOKEN.fullmatch(secret) is not None


def person_of(deps: Deps, token: str) -> ApiKey:
    """Whose session the token is of, as a key without limits that may do whatever a signed-in person may. Two
    consistent reads. Raises Unauthenticated: one text for expired, foreign, altered and signed out."""
    jwt, now = _jwt(), deps.now()
    try:
        session = get_session(deps.keys, str(jwt.get_unverified_header(token).get("kid", "")))
        if session is None:
            raise Unauthenticated
        # By the clock of this deployment, which is also the one that the token was made by.
        options = {"verify_exp": False, "verify_iat": False, "require": ["exp", "iat", "sub", "aud"]}
        claims = jwt.decode(token, _key_of(session), algorithms=[ALGORITHM], audience=AUDIENCE, options=options)
        expires_at, email = int(claims["exp"]) * SECOND, str(claims["sub"])
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise Unauthenticated from None
    ended_at = signed_out_everywhere_at(deps.keys, session.email)
    if email != session.email or now >= min(expires_at, session.expires_at) or session.began_at < ended_at:
        raise Unauthenticated
    return ApiKey(
        account=session.account,
        id="session",
        name=session.email,
        secret_hash="",
        hint="",
        scopes=frozenset(Scope),
        created_at=session.began_at,
        metered=True,
    )


def _key_of(session: Session) -> bytes:
    """Of what is in no token and on no other session's pages."""
    return hmac.new(session.form_token.encode(), f"token {session.secret_hash}".encode(), hashlib.sha256).digest()


def _jwt() -> ModuleType:
    """Imported when the first token comes: who calls with keys does not wait for it."""
    import jwt

    return jwt
