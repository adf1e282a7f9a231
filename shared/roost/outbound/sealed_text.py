"""Texts that a table may hold and nobody can read there: AES-256-GCM under a key that is in no table."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Seal:
    """`key`: 32 bytes. `place` binds a text to where it lies: copied elsewhere it does not open."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str, place: str, nonce: bytes) -> str:
        """`nonce`: 12 random bytes, never used before."""
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())).decode()

    def open(self, sealed: str, place: str) -> str:
        """Raises cryptography's InvalidTag when the key, the place or the text is another."""
        content = base64.b64decode(sealed)
        return self._cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], place.encode()).decode()
