package dev.roost.phone.core.radio

import dev.roost.phone.core.store.Job
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Store

private const val FIRST_TRYING = 0x20
private const val FIRST_FAILED = 0x40

/** [sentCode] null: no result yet. [tpStatus] null: no delivery report yet. */
data class Part(val part: Int, val sentCode: Int? = null, val errorCode: Int? = null, val tpStatus: Int? = null)

/** The state that these parts prove; null while it is open. Order and repetition of results do not matter. */
fun verdict(parts: List<Part>, isWaitedOut: Boolean = false): JobState? {
    val settled = parts.mapNotNull { it.tpStatus }.filter { it !in FIRST_TRYING until FIRST_FAILED }
    if (parts.isNotEmpty() && settled.size == parts.size) {
        return if (settled.max() >= FIRST_FAILED) JobState.UNDELIVERED else JobState.DELIVERED
    }
    val isOpen = parts.isEmpty() || parts.any { it.sentCode == null }
    return when {
        isOpen && !isWaitedOut -> null
        parts.any { it.sentCode != null && it.sentCode != RESULT_OK } -> JobState.FAILED
        else -> if (isOpen) JobState.UNKNOWN else JobState.SENT
    }
}

/** Delivered is never taken back, and a report of trying says nothing against a failure. */
fun isNews(known: Int?, status: Int): Boolean =
    when {
        known == null -> true
        known < FIRST_TRYING || status == known -> false
        else -> known < FIRST_FAILED || status < FIRST_TRYING
    }

fun isDelivered(status: Int): Boolean = status < FIRST_TRYING

/** The part rows of a job, made when it was handed off. */
class Parts(private val store: Store) {
    fun of(job: Job): List<Part> =
        store.rows(
            """SELECT part, sent_code, error_code, tp_status FROM parts
               WHERE job_id = ? AND attempt = ? ORDER BY part""",
            job.jobId, job.attempt,
        ).map { Part(it.int("part"), it.intOrNull("sent_code"), it.intOrNull("error_code"), it.intOrNull("tp_status")) }

    /** False for a part nobody asked for, one already known as sent, and a repeated result. */
    fun note(result: SentResult): Boolean =
        store.change(
            """UPDATE parts SET sent_code = ?, error_code = ? WHERE job_id = ? AND attempt = ? AND part = ?
               AND (sent_code IS NULL OR (sent_code != ? AND sent_code != ?))""",
            result.code, result.errorCode, result.jobId, result.attempt, result.part, RESULT_OK, result.code,
        ) > 0

    fun note(report: DeliveryReport) {
        store.change(
            "UPDATE parts SET tp_status = ? WHERE job_id = ? AND attempt = ? AND part = ?",
            report.tpStatus, report.jobId, report.attempt, report.part,
        )
    }
}
