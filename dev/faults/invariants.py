"""What must hold after every run (phone protocol §24), by the radios' own logs, the stream and the phones' stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from dev.faults.claims_seen import Granted, granted_jobs
from dev.faults.device import Device
from dev.faults.ranks import FINAL, RANK, REACHED_THE_AIR, may_follow
from dev.faults.stage import Stage
from dev.faults.traffic import calls_during_retry_after, push_gaps, push_traffic, segments_over_the_limits
from dev.phone.jobs import HELD
from dev.phone.standing import Standing
from dev.phone.times import SECOND
from roost.domain.conversation_settings import CONFIRMATIONS

TRUE_TIME_TOLERANCE_MS = 5 * SECOND
STATES_WITHOUT_RADIO = frozenset({"expired", "canceled"})

Check = Callable[[Stage], Iterator[str]]


def broken_invariants(stage: Stage, excepted: frozenset[str]) -> Iterator[str]:
    """A sentence for each violation; `excepted` names the invariants that a scenario sets aside."""
    for name, check in INVARIANTS.items():
        if name not in excepted:
            yield from (f"{name}: {line}" for line in check(stage))


def once_per_attempt(stage: Stage) -> Iterator[str]:
    seen: Counter[tuple[str, int, int]] = Counter()
    for device in stage.world.devices.values():
        seen.update(device.radio_calls())
    for (job_id, attempt, part), times in seen.items():
        if times > 1:
            yield f"the radio saw {stage.name_of(job_id)} attempt {attempt} part {part} {times} times"


def only_with_the_right_to(stage: Stage) -> Iterator[str]:
    for device in stage.world.devices.values():
        rights = granted_jobs(device)
        for call in device.radio.log():
            granted = rights.get((call.job_id, call.attempt))
            name = f"{stage.name_of(call.job_id)} attempt {call.attempt}"
            if granted is None:
                yield f"{device.name} sent {name}, which it was never given"
                continue
            yield from (f"{device.name} sent {name} {why}" for why in _wrongs(granted, call.at_ms, call.sim_id))


def _wrongs(granted: Granted, at_ms: int, sim_id: str) -> Iterator[str]:
    if granted.right_from_ms is None or at_ms < granted.right_from_ms:
        yield "before its acceptance was acknowledged"
    if granted.not_after_ms is not None and at_ms > granted.not_after_ms:
        yield "after its deadline"
    if granted.sim_id is not None and sim_id != granted.sim_id:
        yield f"on SIM {sim_id} instead of {granted.sim_id}"


def all_final(stage: Stage) -> Iterator[str]:
    for number, versions in stage.world.history.versions.items():
        if versions[-1].status not in FINAL:
            yield f"{stage.name_of(f'msg_{number}')} rests in {versions[-1].status}"
    for name, number in stage.jobs.items():
        if number not in stage.world.history.versions:
            yield f"{name} was accepted and is gone"


def accepted_once(stage: Stage) -> Iterator[str]:
    """Whoever repeats a request is given the message of the first; and who answered STOP is confirmed it once."""
    known, confirmed = set(stage.jobs.values()), set()
    for number, versions in stage.world.history.versions.items():
        image = versions[0].image
        if image["direction"] != "out" or number in known:
            continue
        if image["text"] not in CONFIRMATIONS.values():
            yield f"msg_{number} is a second message of a request that was sent again"
        elif image["peer"] in confirmed:
            yield f"msg_{number} confirms the same opt-out again"
        confirmed.add(image["peer"])


def never_backwards(stage: Stage) -> Iterator[str]:
    for number, versions in stage.world.history.versions.items():
        for before, after in pairwise(versions):
            if not may_follow(before.image, after.image):
                yield f"{stage.name_of(f'msg_{number}')} went from {before.status} to {after.status}"


def never_back_from_the_air(stage: Stage) -> Iterator[str]:
    """A job goes back to the queue only as long as no radio was asked for it."""
    asked_ms: dict[tuple[str, int], int] = {}
    for device in stage.world.devices.values():
        for call in device.radio.log():
            key = (call.job_id, call.attempt)
            asked_ms[key] = min(call.at_ms, asked_ms.get(key, call.at_ms))
    for number, versions in stage.world.history.versions.items():
        for before, after in pairwise(versions):
            key = (f"msg_{number}", after.image.get("attempt", 1))
            came_back = len(after.image.get("former_holders", ())) > len(before.image.get("former_holders", ()))
            went_back = came_back and after.status in ("queued", "dispatching")
            if went_back and asked_ms.get(key, after.at_ms) < after.at_ms:
                yield f"{stage.name_of(key[0])} went back to the queue after it was on the air"


def states_agree_with_the_radio(stage: Stage) -> Iterator[str]:
    on_air: Counter[tuple[str, int]] = Counter()
    ever: set[str] = set()
    for device in stage.world.devices.values():
        on_air.update((job_id, attempt) for job_id, attempt, part in device.radio_calls() if part == 1)
        ever |= {job_id for job_id, _, _ in device.radio_calls()}
    for number, versions in stage.world.history.versions.items():
        last = versions[-1]
        count = on_air[f"msg_{number}", last.image.get("attempt", 1)]
        name = stage.name_of(f"msg_{number}")
        if last.status in STATES_WITHOUT_RADIO and count:
            yield f"{name} is {last.status}, but was on the air"
        if last.status in REACHED_THE_AIR and f"msg_{number}" not in ever:
            yield f"{name} is {last.status}, but was never on the air"


def inbound_once(stage: Stage) -> Iterator[str]:
    stored = Counter(
        (version.image["peer"], version.image["text"])
        for versions in stage.world.history.versions.values()
        for version in versions[:1]
        if version.image["direction"] == "in" and "kind" not in version.image
    )
    arrived = Counter(
        (text.sender, text.text) for device in stage.world.devices.values() for text in device.radio.inbox()
    )
    for (sender, text), times in (arrived - stored).items():
        yield f"{times} text(s) {text!r} from {sender} did not reach the server"
    for (sender, text), times in (stored - arrived).items():
        yield f"{times} text(s) {text!r} from {sender} are too many on the server"


def outcomes_known(stage: Stage) -> Iterator[str]:
    for device in _settled(stage):
        depth = device.app.app.outbox.depth()
        if depth:
            yield f"phone {device.name} is online and still has {depth} reports"
        rows = device.app.app.store.rows("SELECT job_id, attempt, state FROM jobs")
        for row in rows:
            versions = stage.world.history.versions.get(int(row["job_id"].removeprefix("msg_")), [])
            image = versions[-1].image if versions else {}
            is_newest = image.get("attempt", 1) == row["attempt"] and image.get("phone") == device.number
            if is_newest and RANK.get(row["state"], 0) > RANK[str(image["status"])]:
                name = stage.name_of(row["job_id"])
                yield f"phone {device.name} knows {name} {row['state']}, the server {image['status']}"
        held = device.app.app.jobs.in_states(HELD)
        if held:
            yield f"phone {device.name} still holds {[stage.name_of(job.job_id) for job in held]}"


def _settled(stage: Stage) -> list[Device]:
    """Phones that have been able to tell everything."""
    return [
        device
        for device in stage.world.devices.values()
        if device.phone is not None
        and device.handset.net is not None
        and not device.handset.is_force_stopped
        and device.phone.standing is Standing.ACTIVE
        and device.phone.app.tokens.in_order()
    ]


def times_are_true(stage: Stage) -> Iterator[str]:
    """The radio knows when it was asked; the phone's clock may be wrong, the server's record may not."""
    for device in stage.world.devices.values():
        if device.clock.boot_id != f"b_{device.name}_1":
            continue
        for call in device.radio.log():
            versions = stage.world.history.versions.get(int(call.job_id.removeprefix("msg_")), [])
            at = versions[-1].image["moves"].get("sending") if versions else None
            is_attempts = versions and versions[-1].image.get("attempt", 1) == call.attempt
            if is_attempts and at is not None and abs(at - call.at_ms) > TRUE_TIME_TOLERANCE_MS:
                yield f"{stage.name_of(call.job_id)} was sent at {call.at_ms}, the server says {at}"


def no_content_left(stage: Stage) -> Iterator[str]:
    final = ",".join(f"'{state}'" for state in sorted(FINAL))
    for device in stage.world.devices.values():
        if device.phone is None:
            continue
        left = device.count(
            f"""SELECT count(*) FROM jobs j WHERE text IS NOT NULL AND state IN ({final})
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.job_id = j.job_id AND o.attempt = j.attempt)
                AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE instr(q.body, j.job_id))"""
        )
        if left:
            yield f"phone {device.name} keeps the content of {left} finished job(s)"


def nothing_crashed(stage: Stage) -> Iterator[str]:
    yield from stage.world.crashes


def stream_delivered(stage: Stage) -> Iterator[str]:
    for pump in stage.world.pumps:
        if pump.given_up:
            yield f"the stream gave up on {len(pump.given_up)} records"


INVARIANTS: Mapping[str, Check] = MappingProxyType(
    {
        "I1": once_per_attempt,
        "I2": only_with_the_right_to,
        "I3": all_final,
        "once accepted": accepted_once,
        "I4": never_backwards,
        "I4 air": never_back_from_the_air,
        "I5": states_agree_with_the_radio,
        "I7": inbound_once,
        "I8": outcomes_known,
        "I10": segments_over_the_limits,
        "I11": push_traffic,
        "I11 gap": push_gaps,
        "I12": calls_during_retry_after,
        "I13": times_are_true,
        "I14": no_content_left,
        "crashes": nothing_crashed,
        "stream": stream_delivered,
    }
)
