"""Android's Doze: an idle, unplugged phone gets network only in rare maintenance windows."""

from __future__ import annotations

from itertools import chain, repeat

from dev.phone.times import HOUR, MINUTE

GAPS_MS = (1 * HOUR, 2 * HOUR, 4 * HOUR)
LAST_GAP_MS = 6 * HOUR
WINDOW_MS = 5 * MINUTE
HIGH_PRIORITY_GRACE_MS = MINUTE
"""How long a high-priority push lets the app work; with a foreground service it may finish what it holds."""


def wait_for_window_ms(dozing_for_ms: int) -> int:
    """Milliseconds until the next maintenance window of a doze that began `dozing_for_ms` ago; 0 inside one."""
    start = 0
    for gap in chain(GAPS_MS, repeat(LAST_GAP_MS)):
        start += gap
        if dozing_for_ms < start:
            return start - dozing_for_ms
        if dozing_for_ms < start + WINDOW_MS:
            return 0
        start += WINDOW_MS
    raise AssertionError("the windows never end")
