"""Whatever happens on both sides in whatever order: at the end both hold the same, and nothing is doubled."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from roost.runtime.deps import Deps
from tests.highlevel.stage import Stage
from tests.highlevel.stand_in import HighLevelStandIn
from tests.highlevel.there import LOST
from tests.in_role import handlers_in_role
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import new_tenant

NUMBERS = ("+14155550001", "+14155550002")
WORDS = "text"
STEPS = (
    "send here", "send there", "deliver again", "receive", "stop", "start", "tag", "untag", "dnd", "radio", "work",
    "webhook", "late webhook", "tell again", "lost", "early", "broken", "limit", "token",
)  # fmt: skip

Step = tuple[str, int]


@dataclass
class Both:
    """Both sides, and what was really said on each."""

    stage: Stage
    driver: PhoneDriver
    said_here: list[str] = field(default_factory=list)
    said_there: list[dict[str, str]] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    on_air: list[str] = field(default_factory=list)
    count: int = 0

    def words(self) -> str:
        self.count += 1
        return f"{WORDS} {self.count}"

    def take(self, step: Step) -> None:
        name, number = step[0], NUMBERS[step[1]]
        self.stage.clock.forward(seconds=1)
        getattr(self, name.replace(" ", "_"))(number)

    def send_here(self, number: str) -> None:
        answer = self.stage.tenant.send(number, self.words())
        if answer.status_code == 201:
            self.said_here.append(answer.json()["id"])

    def send_there(self, number: str) -> None:
        self.said_there.append(self.stage.there.send(number, self.words()))
        assert self.stage.deliver(self.said_there[-1]).json() == {"outcome": "taken"}

    def deliver_again(self, _: str) -> None:
        for body in self.said_there[-1:]:
            assert self.stage.deliver(body).json() == {"outcome": "repeated"}

    def receive(self, number: str, words: str | None = None) -> None:
        self.received.append(self.stage.receive(self.driver, words or self.words(), number))
        self.stage.tell(self.received[-1])

    def stop(self, number: str) -> None:
        self.receive(number, "STOP")

    def start(self, number: str) -> None:
        self.receive(number, "START")

    def tag(self, number: str) -> None:
        contact = self.stage.there.made(number)
        contact["tags"] = sorted({*contact["tags"], "dnc"})
        self.stage.there.changed(contact, "ContactTagUpdate")

    def untag(self, number: str) -> None:
        contact = self.stage.there.made(number)
        contact["tags"] = []
        self.stage.there.changed(contact, "ContactTagUpdate")

    def dnd(self, number: str) -> None:
        contact = self.stage.there.made(number)
        contact["dndSettings"] = {"SMS": {"status": "active"}}
        self.stage.there.changed(contact, "ContactDndUpdate")

    def radio(self, _: str) -> None:
        """The phone sends what it is given and reports; most of it is reported delivered."""
        jobs = self.driver.claim()
        for job in jobs:
            if job["text"].startswith(WORDS):  # a confirmation of STOP says the same each time
                self.on_air.append(job["text"])
            events = ["job.sent"] if self.count % 3 == 0 else ["job.sent", "job.delivered"]
            self.driver.call(*(self.driver.event(event, job) for event in events))
        self.tell_again("")

    def tell_again(self, _: str) -> None:
        """The stream brings everything once more."""
        for message in self.stage.tenant.http.get("/v1/messages?limit=100").json()["data"]:
            self.stage.tell(message["id"])

    def work(self, _: str) -> None:
        self.stage.pass_once()

    def webhook(self, _: str) -> None:
        for payload in self.stage.there.webhooks[:1]:
            self.stage.hear(payload)
            self.stage.there.webhooks.remove(payload)

    def late_webhook(self, _: str) -> None:
        """Webhooks overtake each other."""
        for payload in self.stage.there.webhooks[-1:]:
            self.stage.hear(payload)
            self.stage.there.webhooks.remove(payload)

    def lost(self, _: str) -> None:
        self.stage.there.faults.setdefault("show", []).append((LOST, None, {}))

    def early(self, _: str) -> None:
        self.stage.there.fail("status", 403)

    def broken(self, _: str) -> None:
        self.stage.there.fail("upsert", 500)

    def limit(self, _: str) -> None:
        self.stage.there.fail("show", 429)

    def token(self, _: str) -> None:
        self.stage.there.access = "ended"

    def come_to_rest(self) -> None:
        for _ in range(6):
            self.radio("")
            self.stage.work()
            self.stage.hear_all()
        self.stage.work()


def confirmations(both: Both) -> set[str]:
    """What Roost itself answered to STOP."""
    return {text["altId"] for text in both.stage.there.texts if not text["body"].startswith((WORDS, "ST"))}


def check(both: Both) -> None:
    there, stage = both.stage.there, both.stage
    for number in NUMBERS:
        contact = there.made(number)
        status = contact["dndSettings"].get("SMS", {}).get("status")
        held = {stage.is_opted_out(number), "dnc" in contact["tags"], status == "active"}
        assert len(held) == 1, (number, contact, stage.is_opted_out(number))
    assert len(both.on_air) == len(set(both.on_air)), "nothing was sent twice"
    shown = [text["altId"] for text in there.texts]
    assert len(shown) == len(set(shown)), "nothing is shown twice"
    assert {f"msg_{message}" for message in both.received} == {
        text["altId"] for text in there.texts if text["direction"] == "inbound"
    }
    left = {message for message in both.said_here if stage.tenant.message(message)["status"] in ("sent", "delivered")}
    shown_as_ours = {text["altId"] for text in there.texts if text["direction"] == "outbound"}
    assert left == shown_as_ours - confirmations(both)
    for body in both.said_there:
        was_sent = body["message"] in both.on_air
        assert there.statuses[body["messageId"]][-1] in (("pending", "delivered") if was_sent else ("failed",))


@pytest.mark.capability("8MS-43", "8MS-44", "8MS-45", "8MS-46")
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take longer than all other tests
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), min_size=4, max_size=16))
def test_both_sides_end_equal_and_nothing_is_doubled(
    deps: Deps, highlevel: HighLevelStandIn, steps: list[Step]
) -> None:
    with new_tenant(deps, "https://roost.example", handlers_in_role()) as tenant:
        stage = Stage(deps, tenant, highlevel)
        both = Both(stage, tenant.pair())
        for step in steps:
            both.take(step)
        both.come_to_rest()
        check(both)
