"""The Google service account that the stand-in hands out, and the check of what is signed with it (RFC 7523)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES_FOR_SENDING = frozenset(
    {"https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"}
)
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"
"""google-auth names this audience whatever `token_uri` it posts to."""
LONGEST_ASSERTION_SECONDS = 3_600
CLOCK_SKEW_SECONDS = 300


class InvalidGrant(Exception):
    """Why an assertion buys no access token, in words for `error_description`."""


class ServiceAccountKey:
    """An RSA key. With a file it is the same one after a restart, so settings handed out earlier stay good."""

    def __init__(self, private_key: rsa.RSAPrivateKey) -> None:
        self._private_key = private_key

    @classmethod
    def load_or_create(cls, path: Path | None) -> ServiceAccountKey:
        if path is not None and path.exists():
            loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(loaded, rsa.RSAPrivateKey):
                raise ValueError(f"{path} holds no RSA key: delete it, and a new one is made")
            return cls(loaded)
        key = cls(rsa.generate_private_key(public_exponent=65_537, key_size=2_048))
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(key.pem())
        return key

    def pem(self) -> str:
        return self._private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def key_id(self) -> str:
        public = self._private_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(public).hexdigest()[:40]

    def claims_of(self, assertion: str) -> dict[str, Any]:
        """The claims of a JWT signed RS256 with this key. Raises InvalidGrant."""
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            if header["alg"] != "RS256":
                raise InvalidGrant("the assertion must be signed RS256")
            public = self._private_key.public_key()
            public.verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise InvalidGrant("Invalid JWT Signature.") from error
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise InvalidGrant("Bad Request: the assertion is not a JWT") from error
        if not isinstance(claims, dict):
            raise InvalidGrant("the claims are not an object")
        return claims


def check_claims(claims: dict[str, Any], client_email: str, token_uri: str, now_seconds: float) -> None:
    """Issuer, audience, scope and times as Google checks them. Raises InvalidGrant."""
    if claims.get("iss") != client_email:
        raise InvalidGrant("Invalid grant: account not found")
    if claims.get("aud") not in (token_uri, GOOGLE_TOKEN_URI):
        raise InvalidGrant(f"the audience must be {token_uri}")
    if not SCOPES_FOR_SENDING & set(str(claims.get("scope", "")).split()):
        raise InvalidGrant("the scope does not allow sending")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise InvalidGrant("iat and exp are required")
    is_too_long = expires - issued > LONGEST_ASSERTION_SECONDS
    if is_too_long or expires < now_seconds or issued > now_seconds + CLOCK_SKEW_SECONDS:
        raise InvalidGrant("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe")


def client_email(project_id: str) -> str:
    return f"firebase-adminsdk-local@{project_id}.iam.gserviceaccount.com"


def firebase_settings(
    base_url: str, project_id: str = "roost-local", *, key: ServiceAccountKey | None = None
) -> dict[str, Any]:
    """The JSON of Roost's Firebase parameter, pointing at `base_url`. Only the key's own stand-in accepts it."""
    signer = key or ServiceAccountKey.load_or_create(None)
    return {
        "service_account": {
            "type": "service_account",
            "project_id": project_id,
            "private_key_id": signer.key_id(),
            "private_key": signer.pem(),
            "client_email": client_email(project_id),
            "client_id": "100000000000000000001",
            "token_uri": f"{base_url}/token",
        },
        "android": {
            "application_id": "1:100000000001:android:0000000000000000000001",
            "api_key": "stand-in-has-no-api-key",
            "project_id": project_id,
            "sender_id": "100000000001",
        },
        "fcm_url": base_url,
    }


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
