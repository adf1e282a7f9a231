"""Over all accounts: which phones are there, and how long the first of their queues has been due."""

from __future__ import annotations

from roost.domain.instants import SECOND
from roost.domain.phones import Phone, Presence
from roost.domain.vital_signs import Reading, Sign
from roost.runtime.deps import Deps
from roost.storage.accounts import account_ids
from roost.storage.phones import list_phones
from roost.storage.queues import waiting_for


def take_readings(deps: Deps) -> list[Reading]:
    """The gauges, one value each; none as long as no phone was ever paired.

    A query for each account and each phone, half a read unit each: at every five minutes $0.0005 a month for each.
    """
    phones = [phone for account in account_ids(deps.accounts) for phone in list_phones(deps.devices, account)[0]]
    if not phones:
        return []
    offline = sum(phone.presence(deps.now()) is Presence.OFFLINE for phone in phones)
    return [
        Reading(Sign.PHONES_ONLINE, len(phones) - offline),
        Reading(Sign.PHONES_OFFLINE, offline),
        Reading(Sign.OLDEST_WAITING_SECONDS, max(_waits(deps, phone) for phone in phones) // SECOND),
    ]


def _waits(deps: Deps, phone: Phone) -> int:
    """Ms for which the message that the phone should send next has been due."""
    # What came back of a campaign waits for its owner's resume.
    first = waiting_for(deps.messages, phone.account, phone.number, 1, lambda entry: entry.campaign is None)
    return max(0, deps.now() - first[0].due_at) if first else 0
