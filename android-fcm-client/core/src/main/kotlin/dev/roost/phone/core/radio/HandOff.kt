package dev.roost.phone.core.radio

import dev.roost.phone.core.KillPoint
import dev.roost.phone.core.KillSwitch
import dev.roost.phone.core.Tell
import dev.roost.phone.core.counted
import dev.roost.phone.core.masked
import dev.roost.phone.core.store.Job
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.CorrectedTime
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.core.wire.Config
import dev.roost.phone.core.wire.OfferedJob

/** Chooses the next job and asks the radio, once (protocol §8). */
class HandOff(
    private val store: Store,
    private val jobs: Jobs,
    private val ledger: Ledger,
    private val pacing: Pacing,
    private val corrected: CorrectedTime,
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
        if (job.notAfterMs != null && corrected.nowMs() > job.notAfterMs) {
            ledger.conclude(job, JobState.EXPIRED, mapOf("waited_for" to (job.waitedFor ?: "slot")))
            return null
        }
        val sims = handset.sims() ?: return noted(job, Blocked("service", SERVICE_CHECK_MS))
        val sim = sims.firstOrNull { it.slot == job.slot && it.simId == job.simId }
        val segments = if (job.kind == OfferedJob.USSD) 0 else radio.divide(job.text.orEmpty(), job.simId.orEmpty())
        val refusal = refusal(job, config, sim, segments)
        if (refusal != null || sim == null) {
            fail(job, refusal ?: OwnError.SIM_NOT_PRESENT)
            return null
        }
        return blockedByRadio(sim, segments, config)?.let { noted(job, it) } ?: run {
            handOver(job, sim, segments)
            null
        }
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
            job.kind != OfferedJob.SMS && !(isUssd && config.has("ussd")) -> OwnError.UNSUPPORTED_KIND
            !handset.may(permission) -> OwnError.PERMISSION_MISSING
            !isUssd && job.recipient.isNullOrEmpty() -> OwnError.BAD_ADDRESS
            sim == null -> OwnError.SIM_NOT_PRESENT
            segments > MOST_SEGMENTS -> OwnError.TOO_MANY_SEGMENTS
            else -> null
        }
    }

    private fun blockedByRadio(sim: SimCard, segments: Int, config: Config): Blocked? {
        if (handset.serviceOf(sim.slot) != Service.IN_SERVICE) return Blocked("service", SERVICE_CHECK_MS)
        if (segments == 0) return null
        val simWait = pacing.simWaitMs(config, sim.simId, segments)
        if (simWait > 0) return Blocked("sim_cap", simWait)
        val packageWait = pacing.packageWaitMs(config, segments)
        return if (packageWait > 0) Blocked("governor", packageWait, stopsAll = true) else null
    }

    private fun noted(job: Job, blocked: Blocked): Blocked {
        if (job.waitedFor != blocked.reason && job.notAfterMs != null) {
            store.transaction { jobs.setWaitingFor(job, blocked.reason) }
        }
        return blocked
    }

    /** `handing_off` is durable before the radio call, so a crash here can only end as unknown, never twice. */
    private fun handOver(job: Job, sim: SimCard, segments: Int) {
        kill.reach(KillPoint.BEFORE_HANDING_OFF)
        store.transaction {
            ledger.beginSending(job, segments, sim.simId)
            if (segments > 0) pacing.book(sim.simId, segments)
        }
        kill.reach(KillPoint.AFTER_HANDING_OFF)
        try {
            ask(job, sim, segments)
        } catch (refused: RadioRefused) {
            fail(job, refused.own)
            return
        }
        kill.reach(KillPoint.AFTER_RADIO)
        store.transaction { jobs.setState(job, JobState.HANDED_OFF) }
        tell("${job.jobId} to ${masked(job.recipient.orEmpty())}: ${counted(segments, "part")} on SIM ${sim.slot + 1}")
    }

    private fun ask(job: Job, sim: SimCard, segments: Int) {
        val text = job.text.orEmpty()
        if (job.kind == OfferedJob.USSD) {
            radio.ussd(job.jobId, job.attempt, sim.slot, text)
            return
        }
        val recipient = job.recipient.orEmpty()
        radio.send(
            SendOrder(job.jobId, job.attempt, sim.slot, sim.simId, recipient, text, segments, job.deliveryReport),
        )
    }

    private companion object {
        const val SERVICE_CHECK_MS = 5 * SECOND

        /** 1,600 GSM characters, the longest text the server takes, are 11 parts. */
        const val MOST_SEGMENTS = 11
    }
}
