"""Whether HighLevel signed a body: Ed25519, or RSA with SHA-256 in the header it gives up."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from roost.domain.highlevel_app import HighLevelApp

PRESENT, LEGACY = "x-ghl-signature", "x-wh-signature"
NONE = frozenset({"", "N/A"})
"""How HighLevel writes that it signs only the other way."""


def is_signed(headers: Mapping[str, str]) -> bool:
    """`headers`: names in lower case."""
    return any(headers.get(name, "") not in NONE for name in (PRESENT, LEGACY))


def is_genuine(app: HighLevelApp, headers: Mapping[str, str], body: bytes) -> bool:
    """The present signature decides alone where it is given: falling back would let a forger choose the weaker one."""
    present, legacy = headers.get(PRESENT, ""), headers.get(LEGACY, "")
    try:
        if present not in NONE:
            _ed25519(app.ed25519_key).verify(base64.b64decode(present, validate=True), body)
        elif legacy not in NONE:
            _rsa(app.rsa_key).verify(base64.b64decode(legacy, validate=True), body, PKCS1v15(), SHA256())
        else:
            return False
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _ed25519(key: str) -> Ed25519PublicKey:
    loaded = load_der_public_key(base64.b64decode(key))
    if not isinstance(loaded, Ed25519PublicKey):
        raise TypeError("ed25519_key is a key of another kind")
    return loaded


def _rsa(key: str) -> RSAPublicKey:
    loaded = load_der_public_key(base64.b64decode(key))
    if not isinstance(loaded, RSAPublicKey):
        raise TypeError("rsa_key is a key of another kind")
    return loaded
