"""What became of the messages of a run with kills: by the API, and by what each radio was asked to send."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from dev.phone.cli import RADIO_FILE

FINAL = frozenset({"delivered", "sent", "failed", "expired", "canceled", "unknown"})
REACHED_THE_AIR = frozenset({"delivered", "sent"})
NEVER_ON_THE_AIR = frozenset({"expired", "canceled"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lost`, `twice`, `stuck`: a sentence each."""

    statuses: Mapping[str, int]
    killed: Mapping[str, int]
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    stuck: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.twice or self.stuck)

    def lines(self) -> list[str]:
        killed = ", ".join(f"{count} x {kind}" for kind, count in sorted(self.killed.items()))
        ended = ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))
        found = [*self.lost, *self.twice, *self.stuck]
        counts = f"lost {len(self.lost)} · twice {len(self.twice)} · stuck {len(self.stuck)}"
        return [f"killed: {killed}", f"ended:  {ended}", *found[:20], counts]


def verdict_of(
    shown: Mapping[str, str], listed: set[str], phones: Sequence[Path], killed: Mapping[str, int]
) -> Verdict:
    """`shown`: status by id of every accepted message; `listed`: every outgoing message of the account."""
    calls = radio_calls(phones)
    on_air = {job_id for job_id, _, _ in calls}
    lost = [f"{message} was accepted and is {status}" for message, status in shown.items() if status.startswith("HTTP")]
    lost += [f"{m} is {s}, but no radio saw it" for m, s in shown.items() if s in REACHED_THE_AIR and m not in on_air]
    twice = [
        f"{job} attempt {attempt} part {part} was sent {n} times" for (job, attempt, part), n in calls.items() if n > 1
    ]
    twice += [f"{message} was accepted a second time" for message in sorted(listed - shown.keys())]
    twice += [f"{m} is {s}, but was on the air" for m, s in shown.items() if s in NEVER_ON_THE_AIR and m in on_air]
    stuck = [f"{m} is still {s}" for m, s in shown.items() if s not in FINAL and not s.startswith("HTTP")]
    return Verdict(Counter(shown.values()), killed, tuple(lost), tuple(twice), tuple(stuck))


def radio_calls(phones: Iterable[Path]) -> Counter[tuple[str, int, int]]:
    """(job id, attempt, part) -> how often all radios together were asked to send it."""
    calls: Counter[tuple[str, int, int]] = Counter()
    for store in phones:
        with closing(sqlite3.connect(store / RADIO_FILE)) as radio:
            calls.update(radio.execute("SELECT job_id, attempt, part FROM radio_log"))
    return calls
