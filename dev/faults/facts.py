"""What is true of a job and of a phone, and whether that is what a scenario expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from dev.faults.claims_seen import grants_against_the_rule
from dev.faults.device import Device
from dev.faults.stage import Stage, Step

Facts = dict[str, Any]

END_MEMBERS = MappingProxyType(
    {"radio": "radio", "states": "state", "attempts": "attempt", "errors": "error", "notes": "notes", "on": "on"}
)
"""Members of a scenario's `end` -> the job fact they are about."""

NEVER_WRITTEN: Mapping[str, Any] = MappingProxyType({"status": "never written"})
"""Of a message of a batch that nobody made an item."""


def job_facts(stage: Stage, name: str) -> Facts:
    """State and error from the table, `radio` from the radios' own logs: messages on the air, over all attempts."""
    versions = stage.world.history.versions.get(stage.jobs[name])
    image = versions[-1].image if versions else NEVER_WRITTEN
    job_id = stage.job_id(name)
    return {
        "state": image["status"],
        "radio": sum(messages_on_air(device).get(job_id, 0) for device in stage.world.devices.values()),
        "attempt": image.get("attempt", 1),
        "error": image.get("error") or {},
        "notes": [note["text"] for note in image.get("notes", [])],
        "on": next((d.name for d in stage.world.devices.values() if d.number == image.get("phone")), None),
        "canceling": "cancel_requested_at" in image,
    }


def messages_on_air(device: Device) -> dict[str, int]:
    """How often the radio was asked for each job, by its first parts."""
    counts: dict[str, int] = {}
    for job_id, _, part in device.radio_calls():
        counts[job_id] = counts.get(job_id, 0) + (part == 1)
    return counts


def phone_facts(stage: Stage, device: Device) -> Facts:
    """`pushes`: accepted by FCM for its address; `claims`, `calls`: requests that left it after the setup."""
    calls = [entry for entry in device.network.log if entry.at_ms >= stage.started_ms]
    callbacks = [entry for entry in calls if entry.call == "callback"]
    server = _as_shown(stage, device)
    facts: Facts = {
        "pushes": sum(
            send.address == device.address and send.at_ms >= stage.started_ms for send in stage.world.push.log
        ),
        "calls": len(callbacks),
        "claims": sum("claim" in entry.request for entry in callbacks),
        "kills": device.kills,
        "objects": len(device.network.bucket),
        "on_air": sum(messages_on_air(device).values()),
        "alerts": sorted(server.get("alerts", {})),
        "sims_to_confirm": [sim["slot"] for sim in server.get("sims_to_confirm", [])],
        "presence": server.get("presence"),
        "push": server.get("push"),
        "rotating": server.get("token_rotation_since") is not None,
        "poll_seconds": next(
            (e.answer["next_poll_seconds"] for e in reversed(callbacks) if e.answer and e.status == 200), None
        ),
    }
    if device.phone is not None:
        facts |= {
            "standing": device.phone.standing.value,
            "outbox": device.phone.app.outbox.depth(),
            "quarantined": device.phone.app.outbox.quarantined(),
            "rows": device.count("SELECT count(*) FROM jobs"),
        }
    return facts


def _as_shown(stage: Stage, device: Device) -> Facts:
    phones = stage.world.caller.call("GET", "/v1/phones")["data"]
    shown: Facts = next((phone for phone in phones if phone["id"] == f"phn_{device.number}"), {})
    return shown


def differences(about: str, expected: Mapping[str, Any], actual: Facts) -> Iterator[str]:
    """A sentence for every member that is not as expected."""
    for name, wanted in expected.items():
        if name not in actual:
            yield f"{about}: nothing is known about {name!r}"
        elif not fits(wanted, actual[name]):
            yield f"{about}: {name} is {actual[name]!r}, expected {wanted!r}"


def fits(wanted: Any, found: Any) -> bool:
    """Equal; one of a list; within {min, max}; a subset of an object; part of a text of a list of texts."""
    if isinstance(wanted, dict) and ("min" in wanted or "max" in wanted):
        return bool(wanted.get("min", found) <= found <= wanted.get("max", found))
    if isinstance(wanted, dict):
        return all(name in found and fits(value, found[name]) for name, value in wanted.items())
    if isinstance(found, list) and isinstance(wanted, str):
        return any(wanted in text for text in found)
    if isinstance(wanted, list) and not isinstance(found, list):
        return found in wanted
    return bool(wanted == found)


def failed_expectations(stage: Stage, step: Step) -> Iterator[str]:
    """An `expect` step: about a `job`, a `phone` or the `account`."""
    members = {name: value for name, value in step.items() if name not in ("at", "expect", "job", "phone")}
    if step["expect"] == "job":
        yield from differences(step["job"], members, job_facts(stage, step["job"]))
    elif step["expect"] == "phone":
        device = stage.device(step)
        yield from differences(f"phone {device.name}", members, phone_facts(stage, device))
    elif step["expect"] == "account":
        facts = {"refusals": stage.refusals, "phones": _paired(stage), "inbound": _inbound(stage)}
        yield from differences("account", members, facts)
    else:
        yield f"nobody knows how to expect {step['expect']!r}"


def _paired(stage: Stage) -> int:
    return len(stage.world.caller.call("GET", "/v1/phones")["data"])


def _inbound(stage: Stage) -> int:
    return sum(versions[-1].image["direction"] == "in" for versions in stage.world.history.versions.values())


def failed_end(stage: Stage, end: Mapping[str, Any]) -> Iterator[str]:
    """`end` gives one member of the job facts per name: {"radio": {"j1": 1}, "states": {"j1": "sent"}}."""
    for member, fact in END_MEMBERS.items():
        for pattern, wanted in end.get(member, {}).items():
            for name in _named(stage, pattern):
                yield from differences(name, {fact: wanted}, job_facts(stage, name))
    for name, wanted in end.get("phones", {}).items():
        yield from differences(f"phone {name}", wanted, phone_facts(stage, stage.world.devices[name]))
    if "guided" in end:
        yield from grants_against_the_rule(stage, end["guided"])
    if "inbound" in end:
        yield from differences("account", {"inbound": end["inbound"]}, {"inbound": _inbound(stage)})


def _named(stage: Stage, pattern: str) -> list[str]:
    """`j*` is every job whose name begins so."""
    if not pattern.endswith("*"):
        return [pattern]
    return [name for name in stage.jobs if name.startswith(pattern[:-1])]
