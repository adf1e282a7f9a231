"""Say that a number wants no messages, or wants them again, when neither a text nor a person on our pages said it."""

from __future__ import annotations

from contextlib import suppress

from roost.runtime.deps import Deps
from roost.storage.opt_outs import NewerAnswer, opt_out_write
from roost.storage.transactions import commit


def set_do_not_contact(deps: Deps, account: str, number: str, *, do_not_contact: bool) -> None:
    """What the number itself has said in the meantime stands."""
    write = opt_out_write(deps.contacts, account, number, do_not_contact=do_not_contact, said_at=deps.now())
    with suppress(NewerAnswer):
        commit(deps.contacts, write)
