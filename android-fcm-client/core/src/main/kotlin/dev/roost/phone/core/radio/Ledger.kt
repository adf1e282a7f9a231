package dev.roost.phone.core.radio

import dev.roost.phone.core.Tell
import dev.roost.phone.core.store.Job
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.Outcome
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.stamp
import dev.roost.phone.core.time.toWire

/** Concludes jobs: state, times, remembered outcome and report are written together or not at all. */
class Ledger(
    private val store: Store,
    private val jobs: Jobs,
    private val outbox: Outbox,
    private val clock: Clock,
    private val tell: Tell,
) {
    /** Move a row to better evidence and report it; false (and nothing written) when it already knows as much. */
    fun conclude(job: Job, state: JobState, data: Map<String, Any?>, type: String = "job.${state.key}"): Boolean {
        if (job.state.evidence >= state.evidence) return false
        val at = clock.stamp()
        store.transaction {
            val times = if (state in TIMED) jobs.noteTime(job, state.key, at) else job.times
            val reported = data + ("times" to timesAt(times, at))
            jobs.setState(job, state)
            jobs.setOutcome(job, Outcome(type, reported, at))
            outbox.add(type, reported, job, at)
        }
        tell("${job.jobId} ${state.key}${because(data)}")
        return true
    }

    /** The radio call is about to be made: row, times and report, in the caller's transaction. */
    fun beginSending(job: Job, segments: Int, simId: String) {
        val at = clock.stamp()
        jobs.beginHandOff(job, segments, at)
        val times = jobs.noteTime(job, "sending", at)
        outbox.add("job.sending", mapOf("parts" to segments, "sim_id" to simId, "times" to timesAt(times, at)), job, at)
    }

    /** Give back a job that never reached the radio. */
    fun release(job: Job, reason: String) {
        store.transaction {
            val data = mapOf("reason" to reason)
            jobs.setState(job, JobState.RELEASED)
            jobs.setOutcome(job, Outcome(RELEASED, data, clock.stamp()))
            outbox.add(RELEASED, data, job)
        }
        tell("${job.jobId} given back: $reason")
    }

    /** The right to send this job is gone; content goes at once, nothing is sent. */
    fun lose(job: Job) {
        jobs.setState(job, JobState.LOST)
        jobs.deleteContent(job.jobId, job.attempt)
        tell("${job.jobId} is no longer this phone's to send")
    }

    /** Report the row's state once more, soon, under the epoch in which the server asked: its lease may run out. */
    fun repeat(job: Job, leaseEpoch: Long) {
        if (outbox.hasOutcomeOf(job, leaseEpoch)) return
        val known = knownOutcome(job)
        outbox.hurry(outbox.add(known.type, known.data, job, known.at, leaseEpoch))
    }

    private fun knownOutcome(job: Job): Outcome {
        val at = job.handed ?: clock.stamp()
        if (job.state in JobState.GIVEN_BACK) return Outcome(RELEASED, mapOf("reason" to "not_held"), at)
        return job.outcome ?: Outcome(
            "job.sending",
            mapOf("parts" to job.segments, "sim_id" to job.simId, "times" to timesAt(job.times, at)),
            at,
        )
    }

    private companion object {
        const val RELEASED = "job.released"
        val TIMED = setOf(JobState.SENT, JobState.FAILED, JobState.DELIVERED, JobState.UNDELIVERED)
    }
}

/** Step times on the wall clock as it stands at [at], so that the server shifts them all alike (protocol §15). */
fun timesAt(times: Map<String, Stamp>, at: Stamp): Map<String, String> =
    times.mapValues { (_, step) ->
        toWire(if (step.bootId == at.bootId) at.wallMs - (at.elapsedMs - step.elapsedMs) else step.wallMs)
    }

private fun because(data: Map<String, Any?>): String {
    val name = (data["error"] as? Map<*, *>)?.get("name") ?: data["reason"] ?: return ""
    return ": $name"
}
