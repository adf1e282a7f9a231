package dev.roost.phone.core.store

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.time.likelyAgeMs
import dev.roost.phone.core.time.stamp

/** Events that the server has not acknowledged yet. Written in the transaction of the fact they report. */
class Outbox(private val store: Store, private val clock: Clock) {
    /**
     * Write one event; its id. [at]: when it happened, if not now. [beside] goes next to `data`: `part`, `parts`, and
     * for an event without a row its `job_id`, `attempt`. [leaseEpoch] where it is not the job's own.
     */
    fun add(
        type: String,
        data: Map<String, Any?>,
        job: Job? = null,
        at: Stamp = clock.stamp(),
        leaseEpoch: Long? = job?.leaseEpoch,
        beside: Map<String, Any?> = emptyMap(),
    ): String {
        val eventId = "evt_${store.storeId.drop(3)}_${store.nextNumber("event_number")}"
        val body = LinkedHashMap<String, Any?>()
        body["type"] = type
        if (job != null) {
            body["job_id"] = job.jobId
            body["attempt"] = job.attempt
        }
        if (leaseEpoch != null) body["lease_epoch"] = leaseEpoch
        body.putAll(beside)
        body["data"] = data
        if (job != null && type in OUTCOMES) dropSuperseded(job)
        store.change(
            """INSERT INTO outbox (event_id, type, job_id, attempt, lease_epoch, body, urgent,
               boot_id, elapsed_ms, wall_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            eventId, type, job?.jobId, job?.attempt, leaseEpoch, Json.write(body), isUrgent(type, job),
            at.bootId, at.elapsedMs, at.wallMs,
        )
        return eventId
    }

    private fun isUrgent(type: String, job: Job?): Boolean =
        type in ALWAYS_URGENT || (job != null && job.reportNow && type in OUTCOMES)

    /** Somebody waits for this one: it travels within two seconds. */
    fun hurry(eventId: String) {
        store.change("UPDATE outbox SET urgent = 1 WHERE event_id = ?", eventId)
    }

    /** The outcome carries the earlier times; a step the server may have seen already stays. */
    private fun dropSuperseded(job: Job) {
        store.change(
            """DELETE FROM outbox WHERE job_id = ? AND attempt = ? AND was_frozen = 0
               AND type IN ('job.sending', 'job.part_sent')""",
            job.jobId, job.attempt,
        )
    }

    fun hasOutcomeOf(job: Job, leaseEpoch: Long): Boolean {
        val marks = OUTCOMES.joinToString(",") { "?" }
        return store.row(
            """SELECT 1 FROM outbox WHERE job_id = ? AND attempt = ? AND lease_epoch = ?
               AND type IN ($marks) LIMIT 1""",
            job.jobId, job.attempt, leaseEpoch, *OUTCOMES.toTypedArray(),
        ) != null
    }

    fun depth(): Long = store.count("SELECT count(*) FROM outbox")

    fun isFull(): Boolean = depth() >= CAPACITY

    /** Nothing left that may travel now. */
    fun isSettled(): Boolean = store.row("SELECT 1 FROM outbox WHERE held_boot IS NULL LIMIT 1") == null

    fun oldestSeconds(): Long {
        val row = store.row("SELECT boot_id, elapsed_ms, wall_ms FROM outbox ORDER BY seq LIMIT 1") ?: return 0
        return maxOf(0, clock.likelyAgeMs(writtenAt(row)) / 1_000)
    }

    /** Age of the oldest event that must travel within two seconds; null if there is none. */
    fun urgentAgeMs(): Long? =
        store.row(
            """SELECT boot_id, elapsed_ms, wall_ms FROM outbox
               WHERE urgent = 1 AND held_boot IS NULL ORDER BY seq LIMIT 1""",
        )?.let { clock.ageMs(writtenAt(it)) }

    private fun writtenAt(row: Row) = Stamp(row.text("boot_id"), row.long("elapsed_ms"), row.long("wall_ms"))

    /** The leases whose acceptance is still to be told. */
    fun acceptedEpochs(): Set<Long> =
        store.rows("SELECT body FROM outbox WHERE type = 'lease.accepted' AND held_boot IS NULL")
            .map { JsonObject.parse(it.text("body")).long("lease_epoch") }
            .toSet()

    /** Remove an event and hand back its body; null if it is not (or no longer) here. */
    fun take(eventId: String): JsonObject? {
        val row = store.row("SELECT body FROM outbox WHERE event_id = ?", eventId) ?: return null
        store.change("DELETE FROM outbox WHERE event_id = ?", eventId)
        return JsonObject.parse(row.text("body"))
    }

    /** Set an event aside for 30 days so that it never blocks the rest. */
    fun quarantine(eventId: String, code: String): JsonObject? {
        val body = take(eventId) ?: return null
        store.change(
            "INSERT OR REPLACE INTO quarantine (event_id, type, body, code, wall_ms) VALUES (?, ?, ?, ?, ?)",
            eventId, body.text("type"), Json.write(body), code, clock.wallMs(),
        )
        return body
    }

    fun quarantined(): Long = store.count("SELECT count(*) FROM quarantine")

    fun forgetOldQuarantine() {
        store.change("DELETE FROM quarantine WHERE wall_ms < ?", clock.wallMs() - QUARANTINE_MS)
    }

    companion object {
        const val CAPACITY = 20_000L
        private const val QUARANTINE_MS = 30L * 24 * 3_600_000

        val OUTCOMES =
            setOf(
                "job.sent", "job.failed", "job.delivered", "job.undelivered", "job.expired", "job.canceled",
                "job.unknown", "ussd.result",
            )
        private val ALWAYS_URGENT =
            setOf(
                "job.failed", "job.undelivered", "job.expired", "job.canceled", "job.unknown", "job.released",
                "sms.received", "mms.received", "call.missed", "ussd.result",
            )
    }
}
