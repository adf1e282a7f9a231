"""The two token slots of a rotation (protocol §20): `next` is tried first, `current` stays until `next` has worked."""

from __future__ import annotations

from dev.phone.store import Store


class Tokens:
    def __init__(self, store: Store) -> None:
        self._store = store

    def in_order(self) -> list[str]:
        """Tokens to try, best first."""
        return [token for token in (self._store.get("next_token"), self._store.get("token")) if token]

    def paired(self, token: str) -> None:
        self._store.put("token", token)
        self._store.put("next_token", None)

    def offer_next(self, token: str | None) -> None:
        """The last one offered wins."""
        if token is not None:
            self._store.put("next_token", token)

    def worked(self, token: str) -> None:
        if token == self._store.get("next_token"):
            with self._store.transaction():
                self.paired(token)

    def refused(self, token: str) -> None:
        """A refused `next` is forgotten; `current` is kept, it may only be suspended."""
        if token == self._store.get("next_token"):
            with self._store.transaction():
                self._store.put("next_token", None)
