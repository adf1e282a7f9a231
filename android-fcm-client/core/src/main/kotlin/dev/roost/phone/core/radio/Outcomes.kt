package dev.roost.phone.core.radio

import dev.roost.phone.core.KillPoint
import dev.roost.phone.core.KillSwitch
import dev.roost.phone.core.store.Job
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.MINUTE
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.time.likelyAgeMs
import dev.roost.phone.core.wire.OfferedJob
import kotlin.math.abs

/** From part results and delivery reports to the outcome of a job (protocol §8 and §11). */
class Outcomes(
    private val store: Store,
    private val jobs: Jobs,
    private val outbox: Outbox,
    private val ledger: Ledger,
    private val pacing: Pacing,
    private val clock: Clock,
    private val radio: Radio,
    private val kill: KillSwitch,
) {
    private val parts = Parts(store)

    /** A sent intent. For a job that was forgotten, or a part already known as sent, nothing happens. */
    fun take(result: SentResult) {
        val isNews = store.transaction {
            val job = jobs.get(result.jobId, result.attempt)
            if (!parts.note(result) || job == null) return@transaction false
            reportPart(job, result)
            settle(job, isWaitedOut = false)
            true
        }
        if (isNews) kill.reach(KillPoint.AFTER_RESULT)
    }

    /** A delivery intent, in any order and any number, also before the sent results. */
    fun take(report: DeliveryReport) {
        val isNews = store.transaction {
            val job = jobs.get(report.jobId, report.attempt) ?: return@transaction false
            val known = parts.of(job)
            val part = known.firstOrNull { it.part == report.part } ?: return@transaction false
            if (!isNews(part.tpStatus, report.tpStatus)) return@transaction false
            parts.note(report)
            if (known.size > 1 && isDelivered(report.tpStatus)) {
                val beside = mapOf("part" to report.part, "parts" to known.size)
                outbox.add("job.part_delivered", mapOf("tp_status" to report.tpStatus), job, beside = beside)
            }
            settle(job, isWaitedOut = false)
            true
        }
        if (isNews) kill.reach(KillPoint.AFTER_RESULT)
    }

    /** The network's answer to a USSD code is the outcome of its job; also after it was given up. */
    fun take(result: UssdResult) {
        val isNews = store.transaction {
            val job = jobs.get(result.jobId, result.attempt) ?: return@transaction false
            val error = result.failure?.let(::ussdError)
            val data = mapOf("ok" to (error == null), "text" to result.text, "error" to error)
            val state = if (error == null) JobState.DELIVERED else JobState.FAILED
            ledger.conclude(job, state, data, "ussd.result")
        }
        if (isNews) kill.reach(KillPoint.AFTER_RESULT)
    }

    /** Settle rows whose results did not come; milliseconds until the next one is due, null without any. */
    fun resolveOverdue(): Long? {
        var next: Long? = null
        for (job in jobs.inStates(JobState.ON_THE_RADIO)) {
            val patience = patienceMs(job)
            val age = job.handed?.let { clock.ageMs(it) } ?: patience
            if (age < patience) next = minOf(next ?: Long.MAX_VALUE, patience - age) else resolve(job)
        }
        return next
    }

    private fun patienceMs(job: Job): Long =
        when {
            job.kind == OfferedJob.USSD -> MINUTE
            job.state == JobState.HANDING_OFF -> 2 * MINUTE
            else -> 10 * MINUTE
        }

    private fun resolve(job: Job) {
        store.transaction {
            if (settle(job, isWaitedOut = false)) return@transaction
            when (sentBoxStatus(job)) {
                SentBoxStatus.SENT -> ledger.conclude(job, JobState.SENT, sentData(job, "sent_box"))
                SentBoxStatus.FAILED -> {
                    val error = error("SENT_BOX_FAILED", null, null, ErrorClass.UNCLEAR)
                    ledger.conclude(job, JobState.FAILED, failedData(job, error))
                }
                else -> settle(job, isWaitedOut = true)
            }
        }
    }

    /**
     * null also when an equal text went out at the same time: its entry would be taken for this one's. An MMS is not
     * looked for, because what the system keeps of it does not say which one it was.
     */
    private fun sentBoxStatus(job: Job): SentBoxStatus? {
        if (job.kind != OfferedJob.SMS) return null
        val handed = job.handed ?: return null
        val recipient = job.recipient ?: return null
        val text = job.text ?: return null
        val age = clock.likelyAgeMs(handed)
        val hasTwin = jobs.twinsOf(job).any { twin ->
            twin.handed != null && abs(clock.likelyAgeMs(twin.handed) - age) < TWIN_WINDOW_MS
        }
        return if (hasTwin) null else radio.sentBox(recipient, text, handed)
    }

    private fun settle(job: Job, isWaitedOut: Boolean): Boolean {
        val state = verdict(parts.of(job), isWaitedOut) ?: return false
        return ledger.conclude(job, state, data(job, state))
    }

    private fun data(job: Job, state: JobState): Map<String, Any?> =
        when (state) {
            JobState.SENT -> sentData(job, "broadcast")
            JobState.FAILED -> failedData(job, firstError(job))
            JobState.UNKNOWN -> mapOf("reason" to unknownReason(job))
            else -> mapOf("tp_status" to parts.of(job).maxOf { it.tpStatus ?: 0 })
        }

    private fun unknownReason(job: Job): String =
        if (job.state == JobState.HANDING_OFF) "killed_in_handoff" else "no_result"

    private fun sentData(job: Job, evidence: String): Map<String, Any?> =
        mapOf("parts" to job.segments, "sim_id" to job.simId, "evidence" to evidence)

    private fun failedData(job: Job, error: Map<String, Any?>): Map<String, Any?> {
        val sent = parts.of(job).count { it.sentCode == RESULT_OK }
        return mapOf("error" to error, "partial" to (sent > 0), "parts_sent" to sent)
    }

    private fun firstError(job: Job): Map<String, Any?> {
        val failed = parts.of(job).first { it.sentCode != null && it.sentCode != RESULT_OK }
        return errorOf(job, checkNotNull(failed.sentCode), failed.errorCode)
    }

    private fun errorOf(job: Job, code: Int, errorCode: Int?): Map<String, Any?> =
        if (job.kind == OfferedJob.MMS) mmsError(code, errorCode) else radioError(code, errorCode)

    private fun reportPart(job: Job, result: SentResult) {
        val error = if (result.code == RESULT_OK) null else errorOf(job, result.code, result.errorCode)
        if (error != null && error["class"] == ErrorClass.THROTTLED.key) {
            pacing.throttle()
            outbox.add("alert", mapOf("code" to "throttled", "detail" to error["name"]))
        }
        if ((job.segments ?: 1) > 1) {
            val type = if (error == null) "job.part_sent" else "job.part_failed"
            val data = if (error == null) emptyMap() else mapOf("error" to error)
            outbox.add(type, data, job, beside = mapOf("part" to result.part, "parts" to job.segments))
        }
    }

    private companion object {
        const val TWIN_WINDOW_MS = 3 * MINUTE
    }
}
