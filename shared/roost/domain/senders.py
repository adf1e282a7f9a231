"""On whose behalf a message is sent, and whose limits it counts against."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.api_keys import ApiKey


@dataclass(frozen=True, slots=True)
class Sender:
    """`key` None: the account itself (a campaign, a page of the dashboard), so no key's limits apply."""

    account: str
    key: ApiKey | None = None

    @property
    def may_be_metered(self) -> bool:
        """False only if the account certainly has no plan and no ledger: then nothing is looked up or counted."""
        return self.key is None or self.key.metered

    @property
    def counted_key(self) -> ApiKey | None:
        """The key, if it has a limit that counts."""
        return self.key if self.key is not None and self.key.limits.count else None
