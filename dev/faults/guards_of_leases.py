"""What holds between the server and one phone: claims, leases, offers, acceptances, reports."""

from __future__ import annotations

from dev.faults.guard import Guard

GUARDS_OF_LEASES = (
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
        "return settle_lease(deps.devices, lease, LeaseState.ACCEPTED, deps.now()) is LeaseState.ACCEPTED",
        "return True",
        ("S45",),
    ),
    Guard(
        "acceptance names the lease it is for",
        "usecases/apply_events.py",
        "if message.claim_id is None or (message.phone, message.lease_epoch) != (phone.number, epoch):",
        "if message.claim_id is None:",
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
        "usecases/store_inbound.py",
        "record, message = inbound_record(phone.account, phone.number, event_id, now), make()",
        'record, message = inbound_record(phone.account, phone.number, f"{event_id}-{now}", now), make()',
        ("S22",),
    ),
    Guard(
        "what a phone holds is written with the claim",
        "usecases/claim_jobs.py",
        'kept: dict[str, Any] = {"holds": held_item(jobs_held)} if jobs_held else {}',
        "kept: dict[str, Any] = {}",
        ("S56",),
    ),
    Guard(
        "an offer is of the job as it was when it was made",
        "domain/leases.py",
        "if message.revision != lease.revision or message.status",
        "if message.status",
        ("O04",),
    ),
    Guard(
        "an acceptance names the offer it is for",
        "usecases/offers.py",
        "(lease.epoch, lease.job_ids) != (epoch, (message.id,))",
        "lease.job_ids != (message.id,)",
        ("O03",),
    ),
    Guard(
        "an offer that nobody accepts is taken back",
        "usecases/settle_silence.py",
        "if newest.is_offer:",
        "if False:",
        ("F25", "O08"),
    ),
    Guard(
        "a phone with another database is no longer the same phone",
        "usecases/answer_callback.py",
        "if call.store_id != phone.store_id:",
        "if False:",
        ("F31",),
    ),
)
