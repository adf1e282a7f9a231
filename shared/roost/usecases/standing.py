"""How an account stands with a number: may it write, have they talked, and over which phone."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.errors import RecipientOptedOut
from roost.runtime.deps import Deps
from roost.storage import conversations, opt_outs
from roost.storage.pages import items_of


@dataclass(frozen=True, slots=True)
class Standing:
    """`has_talked`: the number has answered once, or somebody wrote to it from the inbox. `phone`: where that was."""

    opted_out: bool = False
    has_talked: bool = False
    phone: int | None = None

    def check(self) -> None:
        """Raises RecipientOptedOut."""
        if self.opted_out:
            raise RecipientOptedOut("This number answered STOP: it gets nothing until it answers START")


def standing_with(deps: Deps, account: str, number: str) -> Standing:
    """One read unit: both items in one look, eventually consistent. What is late here is caught by the claim."""
    keys = (opt_outs.key_of(account, number), conversations.key_of(account, number))
    found = {item["sk"]: item for item in items_of(deps.contacts, keys)}
    opt_out = found.get(keys[0]["sk"], {})
    conversation = found.get(keys[1]["sk"])
    if conversation is None:
        return Standing(bool(opt_out.get("do_not_contact")))
    return Standing(bool(opt_out.get("do_not_contact")), has_talked=True, phone=conversation.get("phone"))
