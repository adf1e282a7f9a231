"""What the server believes a phone holds."""

from __future__ import annotations

from collections.abc import Iterable

from roost.domain.messages import HELD, Message
from roost.domain.phones import Phone
from roost.runtime.deps import Deps
from roost.storage.leases import list_leases
from roost.storage.messages import get_message


def held_messages(deps: Deps, phone: Phone) -> list[Message]:
    """Everything a phone holds and has not settled. Reads its leases of days: for recovery, not for each call."""
    leased = {
        message_id for lease in list_leases(deps.devices, phone.account, phone.number) for message_id in lease.job_ids
    }
    newest = phone.last_lease.job_ids if phone.last_lease else ()
    return held_of(deps, phone, sorted(leased | set(newest) | phone.direct_jobs))


def held_of(deps: Deps, phone: Phone, message_ids: Iterable[int]) -> list[Message]:
    """Those of `message_ids` that this phone still holds."""
    found = (get_message(deps.messages, phone.account, message_id, consistent=True) for message_id in message_ids)
    return [message for message in found if message and message.status in HELD and message.phone == phone.number]
