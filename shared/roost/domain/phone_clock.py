"""When something on a phone happened, by the server's clock (protocol §15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roost.domain.instants import DAY

OLDEST = 90 * DAY
"""An outbox is worked off within weeks; older times are a clock gone wrong."""


@dataclass(frozen=True, slots=True)
class PhoneClock:
    """One call's view of a phone's clocks, in ms. `elapsed` counts since boot and never jumps; `wall` may be wrong.

    `boot_offsets`: server time minus wall time as last seen for earlier boots.
    """

    received_at: int
    boot_id: str
    wall: int
    elapsed: int
    boot_offsets: Mapping[str, int] = field(default_factory=dict)

    def happened_at(self, boot_id: str, wall: int, elapsed: int) -> int:
        """Never later than now and not older than a phone's memory, whatever the phone believes."""
        if boot_id == self.boot_id:
            happened = self.received_at - (self.elapsed - elapsed)
        else:
            happened = wall + self.boot_offsets.get(boot_id, 0)
        return max(self.received_at - OLDEST, min(happened, self.received_at))

    def offsets(self) -> dict[str, int]:
        """To keep for events that are reported after the next reboot: this boot's offset and the one before."""
        earlier = [item for item in self.boot_offsets.items() if item[0] != self.boot_id][-1:]
        return dict([*earlier, (self.boot_id, self.received_at - self.wall)])
