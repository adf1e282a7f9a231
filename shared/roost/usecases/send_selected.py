"""One message by one of several senders."""

from __future__ import annotations

from dataclasses import replace

from roost.domain.selections import Line, Selection, resolve
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.phones import list_phones
from roost.usecases.send_message import send_message
from roost.usecases.submission import Accepted, Idempotency, Submission


def send_selected(
    deps: Deps, sender: Sender, wanted: Submission, selection: Selection, idempotency: Idempotency | None = None
) -> Accepted:
    """At random where several may: requests of one message each are shared out, too.

    Raises what `resolve` and `send_message` raise.
    """
    line = one_line(deps, sender.account, selection)
    chosen = replace(wanted, phone=line.phone, sim_slot=line.sim_slot) if line else wanted
    return send_message(deps, sender, chosen, idempotency)


def one_line(deps: Deps, account: str, selection: Selection) -> Line | None:
    """None: any phone. Raises what `resolve` raises."""
    if not selection.senders and not selection.pick_one:
        return None
    phones, _ = list_phones(deps.devices, account)
    dice = int.from_bytes(deps.entropy(4), "big")
    return resolve(replace(selection, pick_one=True), phones, dice)[0]
