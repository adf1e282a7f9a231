"""What holds for a message on its way: accepted once, woken for, bound late, handed over or not, ended in time."""

from __future__ import annotations

from dev.faults.guard import Guard

GUARDS_OF_MESSAGES = (
    Guard(
        "a request with an Idempotency-Key is accepted once",
        "usecases/send_message.py",
        "message.account, idempotency.key_hash, idempotency.fingerprint, now, idempotency.keep",
        'message.account, f"{message.id}", idempotency.fingerprint, now, idempotency.keep',
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
        "a message of a batch becomes an item once",
        "storage/messages.py",
        'conditionally(table.put_item, Item=to_item(message), ConditionExpression="attribute_not_exists(pk)")',
        "table.put_item(Item=to_item(message))",
        ("B16",),
    ),
    Guard(
        "a claim moves the cursor of a lane only from where it read it",
        "storage/lanes.py",
        '**update}\n    return Write({"Update": request}, lambda _: LaneMoved())',
        '**update, "ConditionExpression": "#revision >= :revision OR #revision < :revision"}\n'
        '    return Write({"Update": request}, lambda _: LaneMoved())',
        ("B17",),
    ),
    Guard(
        "what a dead claim took from a lane is put back",
        "usecases/settle_silence.py",
        "            take_back_unwritten(deps, newest)",
        "            pass",
        ("B06",),
    ),
    Guard(
        "the look at a phone is planned before its claim from a lane",
        "usecases/claim_jobs.py",
        "put_check(deps.devices, minute, check, ahead=True)",
        "pass",
        ("B18",),
    ),
    Guard(
        "a batch with an Idempotency-Key is accepted once",
        "usecases/send_batch.py",
        "kept = idempotency_record(account, idempotency.key_hash, idempotency.fingerprint, now)",
        'kept = idempotency_record(account, f"{base}", idempotency.fingerprint, now)',
        ("B15", "B01"),
    ),
    Guard(
        "who answered STOP is asked nothing more",
        "usecases/standing.py",
        "if self.opted_out:",
        "if False:",
        ("S58",),
    ),
    Guard(
        "a STOP takes effect with the text that says it",
        "usecases/store_inbound.py",
        "return (conversation_write(deps.contacts, before, after), *answer_write(deps, message))",
        "return (conversation_write(deps.contacts, before, after),)",
        ("S58", "B13"),
    ),
    Guard(
        "what a silent phone holds is handed over only if its caller said so",
        "domain/attempts.py",
        "return None if message.reassign_after is None or is_bound else seen_at + message.reassign_after",
        "return None if is_bound else seen_at + (message.reassign_after or 600_000)",
        ("F27", "F87"),
    ),
    Guard(
        "a phone whose message was handed over is told not to send it",
        "usecases/rebind_messages.py",
        "change_cancels(deps.devices, phone, add=frozenset({message.id}))",
        "pass",
        ("S59",),
    ),
    Guard(
        "an unknown outcome is sent again only if its caller said so",
        "domain/attempts.py",
        "return message.status is S.UNKNOWN and message.retry_unknown",
        "return message.status is S.UNKNOWN",
        ("F38", "F59"),
    ),
    Guard(
        "what an accepted lease holds ends unknown at its deadline",
        "usecases/settle_silence.py",
        "if now >= message.expires_at + GRACE:",
        "if False:",
        ("F87",),
    ),
    Guard(
        "what waits past its deadline expires",
        "usecases/settle_silence.py",
        "_expire(deps, message, now)\n    for",
        "pass\n    for",
        ("S60",),
    ),
)
