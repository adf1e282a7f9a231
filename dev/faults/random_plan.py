"""A seeded plan of everything at once: messages, texts, faults of every kind, at random instants."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dev.faults.stage import Step
from dev.phone.kill_points import KillPoint

HOURS = 2
FAULT_EVERY_SECONDS = 6.0
"""On average, over all phones."""
BURSTS = (1, 1, 2, 5, 25)
"""How many messages come at one instant: a code, an answer, a small campaign."""
INBOUND_PER_MESSAGE = 0.05
DEAD_PHONES = 0.04
CANCELED = 0.03
BATCHES_PER_MESSAGE = 0.02
REASSIGNED = 0.15
RESENT = 0.15
"""Parts of the messages whose callers accept that they may arrive twice."""
NUMBERS = tuple(f"+1500555000{digit}" for digit in range(1, 7)) * 2 + ("+34600111222", "+15005550204", "+15005550216")
WRITERS = ("send_message", "phone_callback", "dispatch_changes", "recover_phone", "sweep")
BLOWS = ("server.crash_in", "server.throttle", "server.lose_write_answer")
HARMS = (
    "net.lose_request", "net.lose_response", "net.late_request", "net.repeat_later", "net.duplicate",
    "net.interleave", "net.delay", "net.half_open", "net.captive", "net.status", "net.reverse_events",
)  # fmt: skip
PUSH_HARMS = ("push.lose", "push.duplicate", "push.delay", "push.reorder", "push.deprioritise")
PUSH_ERRORS = ("UNAVAILABLE", "INTERNAL", "QUOTA_EXCEEDED")
STREAM_HARMS = ("stream.repeat", "stream.fail", "stream.lose_answer")


@dataclass(frozen=True, slots=True)
class Size:
    phones: int
    messages: int


class Plan:
    """`steps()`: in order of time; the same seed gives the same ones."""

    def __init__(self, size: Size, seed: str) -> None:
        self._rng = random.Random(seed)
        self._size = size
        self.phones = [f"P{number}" for number in range(1, size.phones + 1)]

    def steps(self) -> list[Step]:
        found = [*self._messages(), *self._inbound(), *self._faults(), *self._deaths(), *self._carrier()]
        found += self._batches()
        return sorted(found, key=lambda step: float(step["at"]))

    def _carrier(self) -> Iterator[Step]:
        """Numbers whose carrier answers "no service" and "modem error"."""
        for phone in self.phones:
            yield {"at": 0, "do": "radio.result", "phone": phone, "to": "+15005550204", "code": 4}
            yield {"at": 0, "do": "radio.result", "phone": phone, "to": "+15005550216", "code": 16}

    def _messages(self) -> Iterator[Step]:
        rng, at, left = self._rng, 0.0, 0
        for number in range(1, self._size.messages + 1):
            if not left:
                at, left = rng.uniform(1, HOURS * 3_600), rng.choice(BURSTS)
            left -= 1
            step: Step = {"at": at, "do": "server.submit", "job": f"m{number}", "to": rng.choice(NUMBERS)}
            step |= {"text": "x" * rng.choice((5, 5, 5, 200, 400)), "ttl": rng.choice((60, 600, 1_800, 3_600))}
            step |= {"priority": rng.choice(("bulk", "normal", "normal", "urgent"))}
            if rng.random() < 0.2:
                step["phone"] = rng.choice(self.phones)
            step |= self._policies()
            yield step
            if rng.random() < CANCELED:
                yield {"at": at + rng.expovariate(1 / 20), "do": "server.cancel", "job": f"m{number}", "may_fail": True}

    def _policies(self) -> Step:
        """What the caller of a message accepts a repeat for."""
        silent, unknown = self._rng.random() < REASSIGNED, self._rng.random() < RESENT
        policies: Step = (
            {"on_phone_silent": {"reassign_after_seconds": self._rng.choice((60, 300, 900))}} if silent else {}
        )
        return policies | ({"on_unknown": "resend"} if unknown else {})

    def _batches(self) -> Iterator[Step]:
        """Beside the single messages; what phones pull from lanes meets the same faults."""
        rng = self._rng
        for number in range(1, max(1, round(self._size.messages * BATCHES_PER_MESSAGE)) + 1):
            at = rng.uniform(1, HOURS * 3_600)
            step: Step = {"at": at, "do": "server.submit_batch", "job": f"b{number}_", "count": rng.randint(2, 45)}
            step |= {"numbers": list(NUMBERS), "ttl": rng.choice((600, 1_800, 3_600))}
            step |= {"priority": rng.choice(("bulk", "normal"))}
            if rng.random() < 0.3:
                step["phones"] = rng.sample(self.phones, min(3, len(self.phones)))
            yield step
            if rng.random() < 0.3:
                yield {"at": at + rng.expovariate(1 / 120), "do": "server.cancel_group", "job": f"b{number}_"}

    def _inbound(self) -> Iterator[Step]:
        rng = self._rng
        for number in range(round(self._size.messages * INBOUND_PER_MESSAGE)):
            at, phone = rng.uniform(1, HOURS * 3_600), rng.choice(self.phones)
            yield {"at": at, "do": "radio.inbound", "phone": phone, "text": f"inbound {number}"}

    def _deaths(self) -> Iterator[Step]:
        """Phones that stop for good, whatever they hold."""
        for phone in self._rng.sample(self.phones, round(len(self.phones) * DEAD_PHONES)):
            yield {"at": self._rng.uniform(600, HOURS * 3_600), "do": "phone.die", "phone": phone}

    def _faults(self) -> Iterator[Step]:
        kinds: tuple[Callable[[float], list[Step]], ...] = (
            self._net, self._net, self._write, self._write, self._push, self._stream, self._kill, self._kill,
            self._restart, self._away, self._away, self._service, self._clock, self._doze,
        )  # fmt: skip
        at = 0.0
        while (at := at + self._rng.expovariate(1 / FAULT_EVERY_SECONDS)) < HOURS * 3_600:
            yield from self._rng.choice(kinds)(at)

    def _one(self, at: float, do: str, **members: Any) -> Step:
        return {"at": at, "do": do, "phone": self._rng.choice(self.phones), **members}

    def _net(self, at: float) -> list[Step]:
        harm, rng = self._rng.choice(HARMS), self._rng
        step = self._one(at, harm, call="callback", times=rng.randint(1, 3), seconds=rng.choice((1, 30, 400)))
        if harm == "net.delay":
            step["seconds"] = rng.choice((2, 8))
        if harm == "net.interleave":
            step |= {"write": rng.randint(1, 5), "times": 1}
        if harm == "net.status":
            step |= {"status": rng.choice((429, 500, 503)), "retry_after": rng.choice((None, 60))}
        return [step]

    def _write(self, at: float) -> list[Step]:
        """A function struck at one of its writes, soon."""
        rng = self._rng
        fault: Step = {"at": at, "do": rng.choice(BLOWS), "function": rng.choice(WRITERS), "write": rng.randint(1, 6)}
        return [{**fault, "when": rng.choice(("before", "after"))}]

    def _push(self, at: float) -> list[Step]:
        if self._rng.random() < 0.3:
            return [{"at": at, "do": "push.error", "error": self._rng.choice(PUSH_ERRORS)}]
        return [self._one(at, self._rng.choice(PUSH_HARMS), seconds=self._rng.choice((1, 45, 900)))]

    def _stream(self, at: float) -> list[Step]:
        return [{"at": at, "do": self._rng.choice(STREAM_HARMS), "times": self._rng.randint(1, 3)}]

    def _kill(self, at: float) -> list[Step]:
        point = self._rng.choice(list(KillPoint)).value
        return [self._one(at, "phone.kill_at", point=point, restart_after=self._rng.choice((1, 20, 300)))]

    def _restart(self, at: float) -> list[Step]:
        return [self._one(at, self._rng.choice(("phone.restart", "phone.reboot")))]

    def _away(self, at: float) -> list[Step]:
        gone = self._one(at, "net.offline")
        return [gone, {**gone, "at": at + self._rng.expovariate(1 / 300), "do": "net.online"}]

    def _service(self, at: float) -> list[Step]:
        out = self._one(at, "radio.service", state="out_of_service")
        return [out, {**out, "at": at + self._rng.expovariate(1 / 300), "state": "in_service"}]

    def _clock(self, at: float) -> list[Step]:
        return [self._one(at, "phone.clock", offset_seconds=self._rng.choice((0, 10_800, -86_400)))]

    def _doze(self, at: float) -> list[Step]:
        asleep = self._one(at, "phone.doze")
        return [asleep, {**asleep, "at": at + self._rng.expovariate(1 / 1_200), "on": False}]
