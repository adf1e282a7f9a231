"""What a phone is told about its own behaviour. Policy, as data (protocol §3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from roost.domain.instants import MINUTE, SECOND
from roost.domain.leases import HOLD, LEASE_LIFETIME, MAX_JOBS
from roost.domain.phones import Phone, Sim

REVISION = 2
OLDEST_PROTOCOL = 1
"""What older apps report is still taken; they get no messages any more (protocol §19, 426)."""
POLL_SECONDS_WITH_PUSH = 900
POLL_SECONDS_WITHOUT_PUSH = 60
LATE_POLL = 5 * MINUTE
"""A dozing phone's poll comes so much later than asked for."""
SEGMENTS_PER_MINUTE = 20
"""Android asks its user at 30 segments in 60 s and sends nothing until somebody taps."""
MIN_RADIO_GAP_MS = 3_000
SEGMENTS_PER_SIM_AND_DAY = 200


def phone_config(sims: Iterable[Sim]) -> dict[str, Any]:
    return {
        "rev": REVISION,
        "poll_seconds": POLL_SECONDS_WITH_PUSH,
        "lease_seconds": LEASE_LIFETIME // SECOND,
        "hold_seconds": HOLD // SECOND,
        "max_jobs": MAX_JOBS,
        "governor": {"segments_per_minute": SEGMENTS_PER_MINUTE, "min_gap_ms": MIN_RADIO_GAP_MS},
        "sims": [{"sim_id": sim.id, "per_day": SEGMENTS_PER_SIM_AND_DAY} for sim in sims],
        "features": {"inbound_sms": True, "inbound_mms": True, "missed_calls": True, "ussd": True},
    }


def poll_seconds(phone: Phone) -> int:
    return POLL_SECONDS_WITH_PUSH if phone.can_be_pushed else POLL_SECONDS_WITHOUT_PUSH


def runs_out(phone: Phone, now: int) -> bool:
    """Whether what it holds is sent before it calls again. Else it takes nothing of a batch yet: few large parts cost
    less than many small ones, and what is left may go to whoever is free first."""
    return phone.opening(now).at <= now + poll_seconds(phone) * SECOND + LATE_POLL
