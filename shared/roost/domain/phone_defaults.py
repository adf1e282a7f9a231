"""What a phone of an account starts with."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from roost.domain.errors import InvalidRequest, NeedsAcknowledgement
from roost.domain.pacing import DEFAULT_DAILY_CAP, DEFAULT_GAP_SECONDS, Pacing, loosened

LONGEST_GAP = 86_400
HIGHEST_CAP = 100_000


@dataclass(frozen=True, slots=True)
class PhoneDefaults:
    """Of phones paired from now on; those that are paired keep what they have."""

    gap_seconds: int = DEFAULT_GAP_SECONDS
    daily_cap: int = DEFAULT_DAILY_CAP
    timezone: str = "UTC"

    @property
    def pacing(self) -> Pacing:
        return Pacing(gap_seconds=self.gap_seconds, daily_cap=self.daily_cap, timezone=self.timezone)


def check_defaults(before: PhoneDefaults, wanted: PhoneDefaults, *, acknowledged: bool) -> None:
    """Raises InvalidRequest; NeedsAcknowledgement for what is looser than the careful defaults, and was not before."""
    for name, most in (("gap_seconds", LONGEST_GAP), ("daily_cap", HIGHEST_CAP)):
        if not 0 <= getattr(wanted, name) <= most:
            raise InvalidRequest.of(name, f"must be 0 to {most}")
    if wanted.timezone not in available_timezones():
        raise InvalidRequest.of("timezone", "is no IANA time zone, they look like Europe/Madrid")
    warnings = sorted(set(loosened(wanted.pacing)) - set(loosened(before.pacing)))
    if warnings and not acknowledged:
        raise NeedsAcknowledgement("; ".join(warnings))
