"""Which right a phone had to send a job, as its own traffic shows it (I2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dev.faults.device import Device
from dev.faults.stage import Stage
from dev.phone.times import from_datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """`right_from_ms`: when the phone learned that it may send; None: never."""

    lease_epoch: int
    right_from_ms: int | None
    not_after_ms: int | None
    sim_id: str | None


def granted_jobs(device: Device) -> dict[tuple[str, int], Granted]:
    """By (job_id, attempt), from the answers that reached the phone."""
    granted: dict[tuple[str, int], Granted] = {}
    for entry in device.network.log:
        if entry.call != "callback" or entry.status != 200 or not entry.answer:
            continue
        for event in _accepted(entry.request, entry.answer):
            for key, job in granted.items():
                if key[0] in event["data"]["job_ids"] and job.lease_epoch == event["data"]["lease_epoch"]:
                    granted[key] = replace(job, right_from_ms=job.right_from_ms or entry.at_ms)
        for job_ in entry.answer["jobs"]:
            if not job_.get("reoffer"):
                key = (job_["job_id"], job_.get("attempt", 1))
                known = granted.get(key)
                right = known.right_from_ms if known else None
                granted[key] = _granted(job_, entry.at_ms, right)
    return granted


def grants_against_the_rule(stage: Stage, batch: Mapping[str, int]) -> Iterator[str]:
    """Each claim of a batch of `count` got at most ceil(remaining / 2 phones), at most ten; and together all."""
    grants = sorted(
        sorted(int(job["job_id"].removeprefix("msg_")) for job in entry.answer["jobs"] if not job.get("reoffer"))
        for device in stage.world.devices.values()
        for entry in device.network.log
        if entry.call == "callback" and entry.status == 200 and entry.answer and entry.answer["jobs"]
    )
    remaining = batch["count"]
    for grant in grants:
        most = min(10, -(-remaining // (2 * batch["phones"])))
        if len(grant) > most:
            yield f"a claim got {len(grant)} of {remaining} that were left, the rule allows {most}"
        remaining -= len(grant)
    if remaining:
        yield f"{remaining} of {batch['count']} were granted to nobody, or twice"


def _accepted(request: dict[str, Any], answer: dict[str, Any]) -> list[dict[str, Any]]:
    acked = set(answer["acked"])
    return [e for e in request["events"] if e["type"] == "lease.accepted" and e["event_id"] in acked]


def _granted(job: dict[str, Any], at_ms: int, right_from_ms: int | None) -> Granted:
    is_direct = job.get("grant") == "direct"
    return Granted(
        lease_epoch=job["lease_epoch"],
        right_from_ms=right_from_ms or (at_ms if is_direct else None),
        not_after_ms=from_datetime(datetime.fromisoformat(job["not_after"])) if job.get("not_after") else None,
        sim_id=job["sim"]["sim_id"] if job.get("sim") else None,
    )
