"""Give back what was taken for a message that was never sent, once; take it again if it was sent after all.

Whether it is given back stands on the message itself, and changes in the transaction that moves the money: however
often this runs, and with whatever old copy of the message it was called, the ledger follows the message's last state.
"""

from __future__ import annotations

from roost.domain.ledger import EntryKind, LedgerEntry
from roost.domain.messages import NEVER_SENT, Message
from roost.domain.money import Charge, Price
from roost.runtime.deps import Deps
from roost.storage.key_use import unspend_write
from roost.storage.ledger import entry_id, entry_write, settle_write
from roost.storage.messages import get_message
from roost.storage.meters import change_balances_write
from roost.storage.transactions import Changed, Write, WriteConflict, commit

TRIES = 10


def settle_charge(deps: Deps, account: str, message_id: int) -> bool:
    """False if others were faster so often that it should be tried again."""
    for tries in range(TRIES):
        message = get_message(deps.messages, account, message_id, consistent=True)
        if message is None or message.charge is None or is_settled(message):
            return True
        try:
            commit(deps.messages, *_writes(deps, message, message.charge))
        except (Changed, WriteConflict):
            deps.back_off(tries)
        else:
            return True
    return False


def is_settled(message: Message) -> bool:
    return message.charge is None or message.charge.refunded == (message.status in NEVER_SENT)


def _writes(deps: Deps, message: Message, charge: Charge) -> list[Write]:
    """A balance may fall below zero when a refund is taken back: the message is sent, and the sum stays true."""
    now, sign = deps.now(), -1 if charge.refunded else 1
    amount = Price(sign * charge.credits, sign * charge.micro_usd)
    writes = [settle_write(deps.messages, message, refunded=not charge.refunded)]
    if charge.credits or charge.micro_usd:
        kind = EntryKind.RECHARGE if charge.refunded else EntryKind.REFUND
        entry = LedgerEntry(
            account=message.account,
            id=entry_id(now, kind, message.id),
            at=now,
            kind=kind,
            credits=amount.credits,
            micro_usd=amount.micro_usd,
            message_id=message.id,
        )
        writes += [change_balances_write(deps.accounts, message.account, amount), entry_write(deps.accounts, entry)]
    if charge.key_id is not None:
        writes.append(unspend_write(deps.keys, message.account, charge.key_id, sign * charge.spent))
    return writes
