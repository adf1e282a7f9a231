package dev.roost.phone.core.call

import dev.roost.phone.core.KillPoint
import dev.roost.phone.core.KillSwitch
import dev.roost.phone.core.Tell
import dev.roost.phone.core.counted
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.radio.Ledger
import dev.roost.phone.core.radio.SimWatch
import dev.roost.phone.core.server.Tokens
import dev.roost.phone.core.store.Job
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.OutboxTravel
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.CorrectedTime
import dev.roost.phone.core.wire.CallbackAnswer
import dev.roost.phone.core.wire.CanceledJob
import dev.roost.phone.core.wire.ConfirmedSim
import dev.roost.phone.core.wire.OfferedJob
import dev.roost.phone.core.wire.RejectedEvent

/** Applies a callback answer: one transaction, in the order of protocol §5.2. */
class Answers(
    private val store: Store,
    private val jobs: Jobs,
    private val outbox: Outbox,
    private val travel: OutboxTravel,
    private val ledger: Ledger,
    private val corrected: CorrectedTime,
    private val tokens: Tokens,
    private val simWatch: SimWatch,
    private val kill: KillSwitch,
    private val tell: Tell,
) {
    /** Cancel comes first: the acknowledgement of an acceptance in the same answer makes rows ready to send. */
    fun apply(answer: CallbackAnswer, roundTripMs: Long) {
        kill.reach(KillPoint.BEFORE_ACK_APPLIED)
        if (answer.jobs.isNotEmpty()) kill.reach(KillPoint.BEFORE_STORE)
        store.transaction {
            answer.cancel.forEach(::cancel)
            acknowledge(answer)
            takeJobs(answer)
            if (answer.config != null) store.put(CONFIG, answer.config)
            tokens.offerNext(answer.nextToken)
            answer.confirmedSims.forEach(::agree)
            corrected.anchor(answer.serverTimeMs, roundTripMs)
        }
        if (answer.jobs.isNotEmpty()) kill.reach(KillPoint.AFTER_STORE)
    }

    private fun agree(sim: ConfirmedSim) {
        if (simWatch.agree(sim.slot, sim.simId)) tell("the owner confirmed the SIM in slot ${sim.slot}")
    }

    /** Too late once the radio may have it: then the normal reports answer the question. */
    private fun cancel(canceled: CanceledJob) {
        val job = jobs.get(canceled.jobId, canceled.attempt) ?: return
        if (job.state !in JobState.WAITING) return
        ledger.conclude(job, JobState.CANCELED, emptyMap())
        jobs.deleteContent(job.jobId, job.attempt)
    }

    private fun acknowledge(answer: CallbackAnswer) {
        val sent = travel.frozenIds().toSet()
        answer.acked.forEach { acked(outbox.take(it)) }
        answer.rejected.forEach(::rejected)
        (sent - answer.acked.toSet() - answer.rejected.map { it.eventId }.toSet()).forEach(travel::hold)
        travel.thaw()
        store.change("DELETE FROM batch")
    }

    private fun acked(event: JsonObject?) {
        val type = event?.text("type") ?: return
        if (type == ACCEPTED) rowsOfLease(event).forEach { jobs.setState(it, JobState.READY) }
        if (type in Outbox.OUTCOMES || type == "job.released") {
            val known = jobs.get(event.text("job_id"), event.long("attempt"))
            if (known?.outcome != null) jobs.deleteContent(known.jobId, known.attempt)
        }
    }

    private fun rejected(rejected: RejectedEvent) {
        if (!rejected.isPermanent) {
            travel.hold(rejected.eventId)
            return
        }
        val event = outbox.quarantine(rejected.eventId, rejected.code) ?: return
        tell("the server refuses ${event.text("type")} for good: ${rejected.code}")
        if (event.text("type") == ACCEPTED) rowsOfLease(event).forEach(ledger::lose)
    }

    /** The rows an acceptance speaks for; one that took over a newer lease needs its own. */
    private fun rowsOfLease(accepted: JsonObject): List<Job> {
        val jobIds = accepted.obj("data").texts("job_ids").toSet()
        return jobs.inStates(setOf(JobState.STORED))
            .filter { it.leaseEpoch == accepted.long("lease_epoch") && it.jobId in jobIds }
    }

    private fun takeJobs(answer: CallbackAnswer) {
        val toAccept = answer.jobs
            .filter { take(it) && it.grant == OfferedJob.CONFIRM }
            .groupBy({ it.leaseEpoch }, { it.jobId })
        for ((leaseEpoch, jobIds) in toAccept) {
            val data = mapOf("lease_epoch" to leaseEpoch, "job_ids" to jobIds)
            outbox.add(ACCEPTED, data, leaseEpoch = leaseEpoch)
        }
        if (answer.granted > 0) tell("claimed ${counted(answer.granted, "job")}")
    }

    /** True when a row is now held under this lease and needs its acceptance. */
    private fun take(offered: OfferedJob): Boolean {
        val known = jobs.get(offered.jobId, offered.attempt)
        if (offered.isReoffer) {
            tellState(known, offered)
            return false
        }
        val state = if (offered.grant == OfferedJob.CONFIRM) JobState.STORED else JobState.READY
        if (known == null) {
            jobs.insert(offered, state)
            return true
        }
        if (known.state !in JobState.WAITING + JobState.GIVEN_BACK) {
            ledger.repeat(known, offered.leaseEpoch)
            jobs.setEpoch(known, maxOf(known.leaseEpoch, offered.leaseEpoch))
            return false
        }
        if (offered.leaseEpoch <= known.leaseEpoch) return false
        jobs.renew(offered, state)
        return true
    }

    /** The server believes this phone holds the job; a row still held answers through the next `have`. */
    private fun tellState(known: Job?, stub: OfferedJob) {
        if (known == null) {
            val beside = mapOf("job_id" to stub.jobId, "attempt" to stub.attempt)
            outbox.add("job.released", mapOf("reason" to "not_held"), leaseEpoch = stub.leaseEpoch, beside = beside)
        } else if (known.outcome != null || known.state in JobState.GIVEN_BACK) {
            ledger.repeat(known, stub.leaseEpoch)
        }
    }

    companion object {
        const val CONFIG = "config"
        private const val ACCEPTED = "lease.accepted"
    }
}
