"""What the campaign of the benchmark says, and when it may."""

from __future__ import annotations

from roost.domain.instants import DAY, HOUR

BEGINS = 3_377_923_200_000
"""2077-01-15 08:00 UTC: far ahead, so that nothing the deployed functions wait for comes due in between."""

OPENS, CLOSES = 8, 20
WINDOW = {"start": f"{OPENS:02}:00", "end": f"{CLOSES:02}:00", "timezone": "UTC"}
OF_CAMPAIGN = "spring sale"
"""In each of its texts; not in the confirmation that a STOP gets."""
TEMPLATE = f"Hi {{{{first_name|there}}}}, our {OF_CAMPAIGN} ends tonight. Reply STOP to opt out."


def next_opening(now: int) -> int:
    """Within the window now, else when it opens again."""
    midnight = now - now % DAY
    if now < midnight + OPENS * HOUR:
        return midnight + OPENS * HOUR
    return now if now < midnight + CLOSES * HOUR else midnight + DAY + OPENS * HOUR
