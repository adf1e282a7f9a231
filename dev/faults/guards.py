"""`make guards`: takes each guard out of a copy of the code and plays the scenarios that must notice.

Exit code 0 only if every absence was noticed; a guard whose text is not found any more is an error, too.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.faults.engine import PROJECT

FAILED = re.compile(r"^  FAILED   \S+ +(?P<name>\w+)", re.MULTILINE)
WHY = re.compile(r"^             (?P<why>\S.*[^:\n])$", re.MULTILINE)
SHOWN = 110


@dataclass(frozen=True, slots=True)
class Guard:
    """`file`: under shared/roost. `text` becomes `without`. `scenarios`: names or numbers that may notice."""

    name: str
    file: str
    text: str
    without: str
    scenarios: tuple[str, ...]


GUARDS = (
    Guard(
        "revocation asks the lease record first",
        "usecases/revoke_lease.py",
        "if settle_lease(deps.devices, lease, LeaseState.REVOKED, now) is not LeaseState.REVOKED:",
        "if settle_lease(deps.devices, lease, LeaseState.REVOKED, now) is None:",
        ("F26",),
    ),
    Guard(
        "acceptance asks the lease record",
        "usecases/apply_events.py",
        "if lease and settle_lease(deps.devices, lease, LeaseState.ACCEPTED, deps.now()) is LeaseState.ACCEPTED:",
        "if lease:",
        ("S45",),
    ),
    Guard(
        "acceptance names the lease it is for",
        "usecases/apply_events.py",
        "or (message.phone, message.lease_epoch) != (phone.number, event.epoch)",
        "",
        ("S55",),
    ),
    Guard(
        "a lease takes only messages bound to its phone",
        "storage/messages.py",
        ' AND phone = :phone "',
        ' AND :phone = :phone "',
        ("S46",),
    ),
    Guard(
        "a lease that gave a job back never takes it again",
        "storage/messages.py",
        '"AND NOT contains(former_holders, :holder)"',
        '"AND :holder = :holder"',
        ("S47",),
    ),
    Guard(
        "a lease takes only what waits",
        "storage/messages.py",
        'ConditionExpression="#status IN (:queued, :dispatching) AND',
        'ConditionExpression="(:queued <> :dispatching) AND',
        ("S29", "F83", "F36"),
    ),
    Guard(
        "late copies of a claim are known",
        "usecases/claim_jobs.py",
        "if _is_late_copy(phone, call):",
        "if False:",
        ("F20", "S29"),
    ),
    Guard(
        "the claim's write expects epoch and wakes",
        "usecases/claim_jobs.py",
        "return update_phone(deps.devices, phone, changes, remove=gone, expect=expected)",
        "return update_phone(deps.devices, phone, changes, remove=gone)",
        ("S48",),
    ),
    Guard(
        "the same claim gets the same lease",
        "usecases/claim_jobs.py",
        "if earlier is not None and earlier.claim_id == claim.claim_id:",
        "if False:",
        ("F18",),
    ),
    Guard(
        "reports count by lease epoch",
        "domain/reports.py",
        "return (message.phone, message.lease_epoch, message.attempt) == "
        "(report.phone, report.lease_epoch, report.attempt)",
        "return (message.phone, message.attempt) == (report.phone, report.attempt)",
        ("S49", "S30"),
    ),
    Guard(
        "a report never takes a message back",
        "domain/reports.py",
        "    if not message.can_move_to(status):\n        return message\n",
        "",
        ("F61", "F62", "F81"),
    ),
    Guard(
        "a message is written only as it was read",
        "storage/conditional.py",
        '"ConditionExpression": "#revision = :revision"',
        '"ConditionExpression": "#revision >= :revision OR #revision < :revision"',
        ("S50",),
    ),
    Guard(
        "an inbound event is stored once",
        "usecases/apply_events.py",
        "record = inbound_record(phone.account, phone.number, event.event_id, now)",
        'record = inbound_record(phone.account, phone.number, f"{event.event_id}-{message.id}", now)',
        ("S22",),
    ),
    Guard(
        "a request with an Idempotency-Key is accepted once",
        "usecases/send_message.py",
        "record = idempotency_record(message.account, idempotency.key_hash, idempotency.fingerprint, now)",
        'record = idempotency_record(message.account, f"{message.id}", idempotency.fingerprint, now)',
        ("S01", "S15"),
    ),
    Guard(
        "at most one wake is outstanding",
        "storage/wakes.py",
        'outstanding: int | None = before.get("woken_at")',
        "outstanding: int | None = None if before else 0",
        ("S42", "S44"),
    ),
    Guard(
        "a push keeps its distance from the last",
        "storage/wakes.py",
        '"AND (attribute_not_exists(pushed_at) OR pushed_at <= :earlier) "',
        '""',
        ("S44",),
    ),
    Guard(
        "what was never on the air alone is tried again",
        "domain/attempts.py",
        'return error.get("class") in REPEATABLE and not error.get("partial")',
        "return True",
        ("F43", "F44", "F48", "F58"),
    ),
    Guard(
        "a scheduled release starts again if it was lost",
        "usecases/dispatch_changes.py",
        "put_check(deps.devices, max(minute, minute_of(deps.now())), Check(account, minute=minute))",
        "pass",
        ("S39",),
    ),
    Guard(
        "the look at a phone is planned before its wake",
        "usecases/dispatch_changes.py",
        "    put_check(deps.devices, minute_of(deps.now()), Check(account, number))\n",
        "",
        ("F01", "S06"),
    ),
    Guard(
        "what a phone holds is written with the claim",
        "usecases/claim_jobs.py",
        'kept: dict[str, Any] = {"held_jobs": set(jobs_held)} if jobs_held else {}',
        "kept: dict[str, Any] = {}",
        ("S56",),
    ),
)


def main(names: Sequence[str]) -> int:
    """`names`: parts of names of guards; none means all."""
    chosen = [guard for guard in GUARDS if not names or any(name in guard.name for name in names)]
    survived = 0
    for guard in chosen:
        caught = what_catches(guard)
        survived += caught is None
        print(f"| {guard.name} | {caught or 'NOTHING'} |", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} guards are missed when they are gone")
    return 1 if survived else 0


def what_catches(guard: Guard) -> str | None:
    """The first scenario that fails without the guard, and why. None: all of them pass."""
    with TemporaryDirectory(prefix="roost-guard-") as folder:
        shared = Path(folder) / "shared"
        shutil.copytree(PROJECT / "shared", shared, ignore=shutil.ignore_patterns("__pycache__"))
        remove(guard, shared / "roost")
        command = [sys.executable, "-m", "dev.faults", "--messages", "0", "--only", ",".join(guard.scenarios)]
        environment = os.environ | {"PYTHONPATH": f"{shared}{os.pathsep}{PROJECT}"}
        told = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    failed = FAILED.search(told.stdout)
    if told.returncode == 0:
        return None
    if failed is None:
        raise RuntimeError(f"without {guard.name!r} the harness itself broke:\n{told.stdout}\n{told.stderr}")
    why = WHY.search(told.stdout, failed.end())
    return f"`{failed['name']}`: {why['why'][:SHOWN] if why else 'failed'}"


def remove(guard: Guard, package: Path) -> None:
    """Raises LookupError when the guard's text is not there exactly once: this table is out of date."""
    file = package / guard.file
    source = file.read_text(encoding="utf-8")
    if source.count(guard.text) != 1:
        raise LookupError(f"{guard.file} has the text of {guard.name!r} {source.count(guard.text)} times, not once")
    file.write_text(source.replace(guard.text, guard.without), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
