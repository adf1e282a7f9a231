"""What the server believes a phone holds."""

from __future__ import annotations

from collections.abc import Iterable

from roost.domain.leases import Lease, LeaseState
from roost.domain.messages import HELD, Message, MessageStatus
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.leases import get_lease
from roost.storage.messages import get_message


def held_messages(deps: Deps, phone: Phone) -> list[Message]:
    """Everything a phone holds and has not settled. Reads what its last claim left open, not what it ever had."""
    newest = phone.last_lease.job_ids if phone.last_lease else ()
    return held_of(deps, phone, sorted(phone.held_jobs | frozenset(newest)))


def held_of(deps: Deps, phone: Phone, message_ids: Iterable[int]) -> list[Message]:
    """Those of `message_ids` that this phone still holds."""
    found = (get_message(deps.messages, phone.account, message_id, consistent=True) for message_id in message_ids)
    return [message for message in found if message and message.status in HELD and message.phone == phone.number]


def still_open(deps: Deps, phone: Phone, message_ids: Iterable[int]) -> frozenset[int]:
    """Those of `message_ids` that this phone holds or may still come to hold.

    A message that is merely waiting counts: a slow copy of the claim that listed it may lease it yet, and then nobody
    would look for it.
    """
    found = (get_message(deps.messages, phone.account, message_id, consistent=True) for message_id in message_ids)
    of_phone = (message for message in found if message is not None and message.phone in (phone.number, None))
    return frozenset(message.id for message in of_phone if not message.is_final)


def unaccepted_leases(deps: Deps, phone: Phone, held: Iterable[Message]) -> list[Lease]:
    """The leases of `held` that the phone has not accepted; one whose revocation was cut short is among them."""
    claims = {message.claim_id for message in held if message.status is MessageStatus.LEASED and message.claim_id}
    found = (get_lease(deps.devices, phone.account, phone.number, claim_id) for claim_id in sorted(claims))
    return [lease for lease in found if lease is not None and lease.state is not LeaseState.ACCEPTED]
