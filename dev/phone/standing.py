"""How the server regards this phone, and what follows for calling, claiming and sending (protocol §19)."""

from __future__ import annotations

from enum import StrEnum

from dev.phone.store import Store


class Standing(StrEnum):
    UNPAIRED = "unpaired"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    BAD_TOKEN = "bad_token"
    UPGRADE_REQUIRED = "upgrade_required"
    PAIR_AGAIN = "pair_again"
    REMOVED = "removed"


MAY_CALL = frozenset({Standing.ACTIVE, Standing.SUSPENDED, Standing.BAD_TOKEN, Standing.UPGRADE_REQUIRED})
MAY_SEND = frozenset({Standing.ACTIVE, Standing.UPGRADE_REQUIRED})

ADVICE = {
    Standing.SUSPENDED: "the owner suspended this phone: it sends nothing and asks again every hour",
    Standing.BAD_TOKEN: "the server does not know this phone's token: it sends nothing, keeps everything and asks "
    "again every hour. If the phone was paired elsewhere or the server's data is new, pair again with a new link",
    Standing.UPGRADE_REQUIRED: "the server wants a newer app: this phone claims nothing until it is updated",
    Standing.PAIR_AGAIN: "the server knows another database of this phone: pair again with a new link",
    Standing.REMOVED: "the owner removed this phone: it stops for good. To use it again, pair with a new link",
}


class StandingRecord:
    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def now(self) -> Standing:
        return Standing(self._store.get("standing") or Standing.UNPAIRED)

    def become(self, standing: Standing) -> bool:
        """False when nothing changed, so that the owner is told once."""
        if standing is self.now:
            return False
        with self._store.transaction():
            self._store.put("standing", standing.value)
        return True
