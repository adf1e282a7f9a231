"""`server.*`: what callers and the owner do, and what befalls the functions and their table."""

from __future__ import annotations

from dev.faults.caller import CallFailed
from dev.faults.stage import Stage, Step
from dev.faults.storage import WriteFault
from dev.phone.times import SECOND, to_wire

PASSED_ON = ("to", "priority", "sim_slot", "on_unknown", "on_phone_silent")
NUMBER = "+15005550001"
BLOWS = {"before": "kill_before", "after": "kill_after"}


def submit(stage: Stage, step: Step) -> None:
    """`job`, or `jobs` names; `count` makes `<job>1`, `<job>2`, ...; `ttl` in seconds; `phone` binds it, `in_seconds`
    schedules it. A refusal is for the scenario to expect."""
    names = step.get("jobs") or [step["job"]]
    if "count" in step:
        names = [f"{step['job']}{number}" for number in range(1, step["count"] + 1)]
    for name in names:
        body = {name_: step[name_] for name_ in PASSED_ON if name_ in step}
        body = {"to": NUMBER, "body": step.get("text", f"text of {name}"), **body}
        if "in_seconds" in step:
            body["send_at"] = to_wire(stage.world.time.now_ms + round(step["in_seconds"] * SECOND))
        if "ttl" in step:
            body["ttl_seconds"] = step["ttl"]
        if "phone" in step:
            body["phone_id"] = f"phn_{stage.device(step).number}"
        try:
            stage.jobs[name] = stage.world.caller.submit(body)
        except CallFailed as failure:
            stage.refusals.append(str(failure))


def submit_batch(stage: Stage, step: Step) -> None:
    """One request for `count` messages `<job>1`, `<job>2`, ... to `numbers` in turn. `phones` deals them out,
    `in_seconds` schedules them."""
    names = [f"{step['job']}{number}" for number in range(1, step["count"] + 1)]
    numbers = step.get("numbers", [NUMBER])
    texts = [
        {"to": numbers[place % len(numbers)], "body": step.get("text", f"text of {name}")}
        for place, name in enumerate(names)
    ]
    body: dict[str, object] = {
        "messages": texts,
        **{name: step[name] for name in ("priority", "on_unknown") if name in step},
    }
    if "ttl" in step:
        body["ttl_seconds"] = step["ttl"]
    if "in_seconds" in step:
        body["send_at"] = to_wire(stage.world.time.now_ms + round(step["in_seconds"] * SECOND))
    if "phones" in step:
        body["senders"] = [f"phn_{stage.world.devices[name].number}" for name in step["phones"]]
    try:
        stage.groups[step["job"]], numbered = stage.world.caller.submit_batch(body)
    except CallFailed as failure:
        stage.refusals.append(str(failure))
    else:
        stage.jobs |= dict(zip(names, numbered, strict=True))


def cancel_group(stage: Stage, step: Step) -> None:
    """What is on a phone may leave all the same. A batch that was refused has nothing to cancel."""
    if step["job"] in stage.groups:
        stage.world.caller.call("POST", f"/v1/groups/{stage.groups[step['job']]}/cancel")


def submit_ussd(stage: Stage, step: Step) -> None:
    """`code` runs on the phone of the step."""
    body = {"code": step["code"], "phone_id": f"phn_{stage.device(step).number}"}
    made = stage.world.caller.call("POST", "/v1/ussd", body)
    stage.jobs[step["job"]] = int(made["id"].removeprefix("uss_"))


def cancel(stage: Stage, step: Step) -> None:
    """`may_fail`: it may be too late, and the API then says so."""
    if step.get("may_fail") and step["job"] not in stage.jobs:
        return
    try:
        stage.world.caller.call("POST", f"/v1/messages/{stage.job_id(step['job'])}/cancel")
    except CallFailed:
        if not step.get("may_fail"):
            raise


def remove(stage: Stage, step: Step) -> None:
    _remove(stage, stage.device(step).number)


def _remove(stage: Stage, number: int) -> None:
    stage.world.caller.call("DELETE", f"/v1/phones/phn_{number}")


def suspend(stage: Stage, step: Step) -> None:
    path = f"/v1/phones/phn_{stage.device(step).number}"
    stage.world.caller.call("PATCH", path, {"enabled": bool(step.get("enabled", False))})


def confirm_sims(stage: Stage, step: Step) -> None:
    """The owner agrees from afar to the SIMs that the phone reported."""
    path = f"/v1/phones/phn_{stage.device(step).number}"
    stage.world.caller.call("PATCH", path, {"confirm_sims": True})


def rotate(stage: Stage, step: Step) -> None:
    stage.world.caller.call("POST", f"/v1/phones/phn_{stage.device(step).number}/rotate-token", {})


def crash_in(stage: Stage, step: Step) -> None:
    """`function` dies `when` ("before", "after") its `write`-th write, counting only writes to `table` if named."""
    blow = BLOWS[step.get("when", "after")]
    stage.world.runtime.storage.faults.append(_fault(blow, step))


def throttle(stage: Stage, step: Step) -> None:
    """The `write`-th write of `function` is refused, in its next `times` invocations."""
    stage.world.runtime.storage.faults.append(_fault("throttle", step))


def lose_write_answer(stage: Stage, step: Step) -> None:
    """The `write`-th write is done, and `function` is told that it timed out."""
    stage.world.runtime.storage.faults.append(_fault("lose_answer", step))


def deliver_held_in(stage: Stage, step: Step) -> None:
    """What `net.hold` kept of a phone arrives just before the `write`-th write of `function`."""
    stage.world.meanwhile.plant(_fault("interleave", step), stage.device(step).network.deliver_held)


def invoke_in(stage: Stage, step: Step) -> None:
    """`run` (a function that needs no event) runs whole just before the `write`-th write of `function`."""
    stage.world.meanwhile.plant(_fault("interleave", step), lambda: stage.world.invoke(step["run"], {}))


def remove_in(stage: Stage, step: Step) -> None:
    """The owner removes the phone just before the `write`-th write of `function`."""
    number = stage.device(step).number
    stage.world.meanwhile.plant(_fault("interleave", step), lambda: _remove(stage, number))


def cancel_group_in(stage: Stage, step: Step) -> None:
    """The caller cancels a whole batch just before the `write`-th write of `function`."""
    stage.world.meanwhile.plant(_fault("interleave", step), lambda: cancel_group(stage, step))


def go_on(stage: Stage, _: Step) -> None:
    """What `net.stall` halted runs to its end."""
    stage.world.meanwhile.go_on()


def _fault(blow: str, step: Step) -> WriteFault:
    return WriteFault(
        blow,  # type: ignore[arg-type]
        write=step.get("write", 1),
        function=step.get("function"),
        table=step.get("table"),
        key=step.get("key"),
        times=step.get("times", 1),
    )


def lose_start(stage: Stage, step: Step) -> None:
    """The next executions are accepted and never run."""
    stage.world.runtime.machines.lost_starts += step.get("times", 1)


VERBS = {
    "server.submit": submit,
    "server.submit_batch": submit_batch,
    "server.submit_ussd": submit_ussd,
    "server.cancel": cancel,
    "server.cancel_group": cancel_group,
    "server.remove": remove,
    "server.suspend": suspend,
    "server.confirm_sims": confirm_sims,
    "server.rotate": rotate,
    "server.crash_in": crash_in,
    "server.throttle": throttle,
    "server.lose_write_answer": lose_write_answer,
    "server.lose_start": lose_start,
    "server.deliver_held_in": deliver_held_in,
    "server.invoke_in": invoke_in,
    "server.remove_in": remove_in,
    "server.cancel_group_in": cancel_group_in,
    "server.go_on": go_on,
}
