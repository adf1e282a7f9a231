"""Keys of the tests' own, with which the stand-in signs."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = Ed25519PrivateKey.generate()
RSA = generate_private_key(public_exponent=65_537, key_size=2_048)


def public_text(key: Ed25519PublicKey | RSAPublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signed(body: bytes) -> dict[str, str]:
    return {"x-ghl-signature": base64.b64encode(ED25519.sign(body)).decode()}


def signed_as_before(body: bytes) -> dict[str, str]:
    return {"x-wh-signature": base64.b64encode(RSA.sign(body, PKCS1v15(), SHA256())).decode()}
