"""Messages from their acceptance to the last report in a counted world: the runs that cost and phone traffic read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.counted_world import Counting, per_message
from benchmarks.counting import Usage
from benchmarks.figures import Size
from benchmarks.prices import Counted
from dev.faults.stage import Stage, Step
from dev.phone.times import HOUR, SECOND
from roost.domain.contacts import Contact
from roost.storage.contacts import save_contact

GAP_SECONDS = 240
CAREFUL = {"gap_seconds": GAP_SECONDS, "daily_cap": 200, "warm_up": False, "acknowledge": True}
AFTER_BURST_SECONDS = 600
TEXT = "Your parcel arrives today between 2 and 4 pm. Track it at example.com/p/93117"
COUNTS = {"full": (20, 6, 20, 400), "small": (4, 2, 4, 40)}
"""Messages at pace, bursts of ten, codes, contacts of the campaign."""

LARGE = 20_000
"""Messages of the campaign whose price is told: its looks go by time."""

FAILED = frozenset({"failed", "expired", "unknown", "canceled"})


@dataclass(frozen=True, slots=True)
class Run:
    """`counted`: of one message. `phone_calls`, `phone_bytes`: likewise, to and from the phone."""

    name: str
    says: str
    messages: int
    counted: Counted
    used: dict[str, Usage]
    pushes: float
    phone_calls: float
    phone_bytes: float


def single_at_pace(counting: Counting, size: Size) -> Run:
    count = COUNTS[size][0]
    with counting.stage([{"id": "a", "pacing": CAREFUL}]) as stage:
        warm(counting, stage)
        for number in range(count):
            _submit(stage, f"j{number}")
            stage.world.run(GAP_SECONDS + 10)
        stage.world.run(AFTER_BURST_SECONDS)
        return _finished(counting, stage, "single_at_pace", "one at a time, every four minutes", count)


def burst_of_ten(counting: Counting, size: Size) -> Run:
    bursts = COUNTS[size][1]
    with counting.stage([{"id": "a"}]) as stage:
        warm(counting, stage)
        for burst in range(bursts):
            for number in range(10):
                _submit(stage, f"j{burst}_{number}")
            stage.world.run(AFTER_BURST_SECONDS)
        return _finished(counting, stage, "burst_of_10", "ten at once", 10 * bursts)


def transactional(counting: Counting, size: Size) -> Run:
    """Urgent, with a webhook for every step."""
    count = COUNTS[size][2]
    with counting.stage([{"id": "a", "pacing": CAREFUL}]) as stage:
        stage.world.caller.call("POST", "/v1/webhooks", {"url": counting.receiver, "events": WEBHOOK_EVENTS})
        warm(counting, stage)
        for number in range(count):
            _submit(stage, f"j{number}", priority="urgent")
            stage.world.run(60)
        stage.world.run(AFTER_BURST_SECONDS)
        sent = sum(usage.invocations for name, usage in counting.meter.used.items() if name == "deliver_webhook")
        told = sent or counting.meter.used["fan_out_events"].invocations
        return _finished(counting, stage, "transactional", "urgent, with webhooks sent and delivered", count, told)


WEBHOOK_EVENTS = ["message.sent", "message.delivered"]


def campaign(counting: Counting, size: Size) -> Run:
    """Of one message: everything from the start to the end of the campaign; the import of contacts is no part."""
    count = COUNTS[size][3]
    phones: list[Step] = [{"id": f"p{number}", "pacing": CAREFUL} for number in range(max(2, count // 100))]
    with counting.stage(phones) as stage:
        call, world = stage.world.caller.call, stage.world
        deps = counting.runtime.deps
        for index in range(count):
            contact = Contact(world.account, f"+1212555{index:04d}", deps.now(), first_name="Ana")
            save_contact(deps.contacts, None, contact)
        body = {"name": "Sale", "template": "Hi {{first_name|there}}, our sale ends tonight.", "recipient_hours": False}
        made = call("POST", "/v1/campaigns", body)["id"]
        world.run(2 * 60)
        counting.start()
        call("POST", f"/v1/campaigns/{made}/start")
        for _ in range(24 * 3):
            world.run(HOUR / SECOND / 3)
            if call("GET", f"/v1/campaigns/{made}")["status"] == "completed":
                break
        world.run(AFTER_BURST_SECONDS)
        counts = call("GET", f"/v1/campaigns/{made}")["counts"]
        if sum(counts.values()) != count or set(counts) & FAILED:
            raise RuntimeError(f"the campaign ended with {counts}")
        return spread(_run(counting, "campaign", f"a campaign of {LARGE:,}", count))


def spread(run: Run) -> Run:
    """The looks of a campaign go by time, some hundred a day, whatever its size: they are shared by LARGE messages."""
    share, look = run.messages / LARGE, run.used["run_campaign"]
    saved = Counted(
        invocations=look.invocations / run.messages,
        cpu_ms=look.cpu_ms / run.messages,
        write_units=look.write_units / run.messages,
        read_units=look.read_units / run.messages,
        transitions=run.counted.transitions,
    )
    changed = {
        name: getattr(run.counted, name) - getattr(saved, name) * (1 - share)
        for name in ("invocations", "cpu_ms", "write_units", "read_units", "transitions")
    }
    return replace(run, counted=replace(run.counted, **changed))


def warm(counting: Counting, stage: Stage) -> None:
    """What only the first message costs is no part of it: imports, clients, the first token for pushes."""
    _submit(stage, "warm")
    stage.world.run(AFTER_BURST_SECONDS)
    counting.start()


def _submit(stage: Stage, name: str, **members: object) -> None:
    body = {"to": "+15005550001", "body": TEXT, **members}
    accepted = stage.world.caller.call("POST", "/v1/sms/send", body)
    stage.jobs[name] = int(str(accepted["id"]).removeprefix("msg_"))


def _finished(counting: Counting, stage: Stage, name: str, says: str, count: int, webhooks: int = 0) -> Run:
    for message in stage.jobs.values():
        status = stage.world.history.last(message)["status"]
        if status != "delivered":
            raise RuntimeError(f"{name}: msg_{message} ended {status}")
    return _run(counting, name, says, count, webhooks)


def _run(counting: Counting, name: str, says: str, count: int, webhooks: int = 0) -> Run:
    assert counting.world is not None
    used = counting.meter.used
    phone = used["phone_callback"]
    counting.meter.clear()  # what the next run sets up is no part of this one
    return Run(
        name=name,
        says=says,
        messages=count,
        counted=per_message(counting, used, count, webhooks),
        used=used,
        pushes=len(counting.world.push.log) / count,
        phone_calls=phone.invocations / count,
        phone_bytes=(phone.in_bytes + phone.out_bytes) / count,
    )


RUNS = (single_at_pace, burst_of_ten, transactional, campaign)
