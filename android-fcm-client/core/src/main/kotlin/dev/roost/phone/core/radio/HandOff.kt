package dev.roost.phone.core.radio

import dev.roost.phone.core.KillPoint
import dev.roost.phone.core.KillSwitch
import dev.roost.phone.core.Tell
import dev.roost.phone.core.counted
import dev.roost.phone.core.masked
import dev.roost.phone.core.mms.AllHere
import dev.roost.phone.core.mms.Attachments
import dev.roost.phone.core.mms.CannotGo
import dev.roost.phone.core.mms.MediaFile
import dev.roost.phone.core.store.Job
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.CorrectedTime
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.core.wire.Config
import dev.roost.phone.core.wire.MmsContent
import dev.roost.phone.core.wire.OfferedJob

/** Chooses the next job and asks the radio, once (protocol §8). */
class HandOff(
    private val store: Store,
    private val jobs: Jobs,
    private val ledger: Ledger,
    private val pacing: Pacing,
    private val corrected: CorrectedTime,
    private val attachments: Attachments,
    private val handset: Handset,
    private val radio: Radio,
    private val kill: KillSwitch,
    private val tell: Tell,
) {
    /** Why a job does not go now. [waitMs] null: only an outside event helps. [stopsAll]: nothing else may pass it. */
    private class Blocked(val reason: String, val waitMs: Long?, val stopsAll: Boolean = false)

    /** Hand over every job that may go; milliseconds until the next may, null if none waits for time. */
    fun advance(config: Config): Long? {
        var next: Long? = null
        val order = compareBy<Job>({ -it.priority }, { it.notBeforeMs ?: 0 }, { it.received })
        for (job in jobs.inStates(setOf(JobState.READY)).sortedWith(order)) {
            val blocked = consider(job, config) ?: continue
            if (blocked.waitMs != null) next = minOf(next ?: Long.MAX_VALUE, blocked.waitMs)
            if (blocked.stopsAll) break
        }
        return next
    }

    /** Send, refuse or expire the job (null), or say what it waits for. */
    private fun consider(job: Job, config: Config): Blocked? {
        timing(job)?.let { return it }
        if (isExpired(job)) return null
        val sims = handset.sims() ?: return noted(job, Blocked("service", SERVICE_CHECK_MS))
        val sim = sims.firstOrNull { it.slot == job.slot && it.simId == job.simId }
        val segments = if (job.kind == OfferedJob.SMS) radio.divide(job.text.orEmpty(), job.simId.orEmpty()) else 1
        val refusal = refusal(job, config, sim, segments)
        if (refusal != null || sim == null) {
            fail(job, refusal ?: OwnError.SIM_NOT_PRESENT)
            return null
        }
        val blocked = blockedByRadio(job, sim, segments, config)
        if (blocked != null) return noted(job, blocked)
        if (job.mms == null) handOver(job, sim, segments, emptyList()) else handOverMms(job, job.mms, sim)
        return null
    }

    private fun isExpired(job: Job): Boolean {
        val isLate = job.notAfterMs != null && corrected.nowMs() > job.notAfterMs
        if (isLate) ledger.conclude(job, JobState.EXPIRED, mapOf("waited_for" to (job.waitedFor ?: "slot")))
        return isLate
    }

    private fun fail(job: Job, own: OwnError) {
        ledger.conclude(job, JobState.FAILED, mapOf("error" to ownError(own), "partial" to false, "parts_sent" to 0))
    }

    private fun timing(job: Job): Blocked? {
        val now = corrected.nowMs()
        val uncertainty = corrected.uncertaintyMs()
        if (uncertainty > 0 && job.notAfterMs != null && job.notAfterMs - now < uncertainty) {
            return Blocked("clock", null)
        }
        return job.notBeforeMs?.takeIf { it > now }?.let { Blocked("slot", it - now) }
    }

    private fun refusal(job: Job, config: Config, sim: SimCard?, segments: Int): OwnError? {
        val isUssd = job.kind == OfferedJob.USSD
        val permission = if (isUssd) Permission.CALL_PHONE else Permission.SEND_SMS
        return when {
            job.kind !in KINDS || (isUssd && !config.has("ussd")) -> OwnError.UNSUPPORTED_KIND
            !handset.may(permission) -> OwnError.PERMISSION_MISSING
            !isUssd && job.recipient.isNullOrEmpty() -> OwnError.BAD_ADDRESS
            sim == null -> OwnError.SIM_NOT_PRESENT
            segments > MOST_SEGMENTS -> OwnError.TOO_MANY_SEGMENTS
            else -> null
        }
    }

    private fun blockedByRadio(job: Job, sim: SimCard, segments: Int, config: Config): Blocked? {
        if (handset.serviceOf(sim.slot) != Service.IN_SERVICE) return Blocked("service", SERVICE_CHECK_MS)
        if (job.kind == OfferedJob.USSD) return if (runsACode()) Blocked("ussd", null) else null
        val simWait = pacing.simWaitMs(config, sim.simId, segments)
        if (simWait > 0) return Blocked("sim_cap", simWait)
        val packageWait = pacing.packageWaitMs(config, segments)
        if (packageWait > 0) return Blocked("governor", packageWait, stopsAll = true)
        return if (job.mms != null && !handset.isOnline) Blocked("network", null) else null
    }

    /** Android runs one USSD request at a time. */
    private fun runsACode(): Boolean = jobs.inStates(JobState.ON_THE_RADIO).any { it.kind == OfferedJob.USSD }

    private fun noted(job: Job, blocked: Blocked): Blocked {
        if (job.waitedFor != blocked.reason && job.notAfterMs != null) {
            store.transaction { jobs.setWaitingFor(job, blocked.reason) }
        }
        return blocked
    }

    /** The job is looked at again after its files came, which takes a while: it may be late, or gone. */
    private fun handOverMms(job: Job, mms: MmsContent, sim: SimCard) {
        val gathered = attachments.gather(mms)
        val now = jobs.get(job.jobId, job.attempt)
        if (now?.state != JobState.READY || now.leaseEpoch != job.leaseEpoch || isExpired(job)) return
        when (gathered) {
            is CannotGo -> fail(job, gathered.problem)
            is AllHere -> handOver(job, sim, 1, gathered.files)
        }
    }

    /** `handing_off` is durable before the radio call, so a crash here can only end as unknown, never twice. */
    private fun handOver(job: Job, sim: SimCard, segments: Int, files: List<MediaFile>) {
        kill.reach(KillPoint.BEFORE_HANDING_OFF)
        store.transaction {
            ledger.beginSending(job, segments, sim.simId)
            if (job.kind != OfferedJob.USSD) pacing.book(sim.simId, segments)
        }
        kill.reach(KillPoint.AFTER_HANDING_OFF)
        try {
            ask(job, sim, segments, files)
        } catch (refused: RadioRefused) {
            fail(job, refused.own)
            return
        }
        kill.reach(KillPoint.AFTER_RADIO)
        store.transaction { jobs.setState(job, JobState.HANDED_OFF) }
        val to = if (job.recipient == null) "" else " to ${masked(job.recipient)}"
        val what = if (job.kind == OfferedJob.SMS) counted(segments, "part") else job.kind
        tell("${job.jobId}$to: $what on SIM ${sim.slot + 1}")
    }

    private fun ask(job: Job, sim: SimCard, segments: Int, files: List<MediaFile>) {
        val recipient = job.recipient.orEmpty()
        val text = job.text.orEmpty()
        when (job.kind) {
            OfferedJob.USSD -> radio.ussd(job.jobId, job.attempt, sim.slot, text)
            OfferedJob.MMS ->
                radio.sendMms(MmsOrder(job.jobId, job.attempt, sim.slot, sim.simId, recipient, text, files))
            else -> {
                val wantsReport = job.deliveryReport
                radio.send(SendOrder(job.jobId, job.attempt, sim.slot, sim.simId, recipient, text, segments, wantsReport))
            }
        }
    }

    private companion object {
        val KINDS = setOf(OfferedJob.SMS, OfferedJob.MMS, OfferedJob.USSD)
        const val SERVICE_CHECK_MS = 5 * SECOND

        /** 1,600 GSM characters, the longest text the server takes, are 11 parts. */
        const val MOST_SEGMENTS = 11
    }
}
