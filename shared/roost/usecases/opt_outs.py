"""Nothing is sent to who answered STOP, in whatever dialect it is asked for."""

from __future__ import annotations

from roost.domain.callbacks import TextReceived
from roost.domain.errors import RecipientOptedOut
from roost.domain.opt_outs import do_not_contact_after
from roost.domain.phone_numbers import as_e164
from roost.runtime.deps import Deps
from roost.storage.opt_outs import is_opted_out, opt_out_write
from roost.storage.transactions import Write


def refuse_opted_out(deps: Deps, account: str, number: str) -> None:
    """Raises RecipientOptedOut."""
    if is_opted_out(deps.contacts, account, number):
        raise RecipientOptedOut("This number answered STOP: it gets nothing until it answers START")


def opt_out_of(deps: Deps, account: str, event: TextReceived) -> tuple[Write, ...]:
    """What to write with a received text: an opt-out, its undoing, or nothing. Nobody can send to a name anyway."""
    do_not_contact, number = do_not_contact_after(event.text), as_e164(event.sender)
    if do_not_contact is None or number is None:
        return ()
    return (opt_out_write(deps.contacts, account, number, do_not_contact=do_not_contact, said_at=event.received_at),)
