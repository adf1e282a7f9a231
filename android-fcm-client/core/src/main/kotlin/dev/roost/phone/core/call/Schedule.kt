package dev.roost.phone.core.call

import dev.roost.phone.core.store.Batches
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.OutboxTravel
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.CorrectedTime
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.wire.CallbackAnswer
import dev.roost.phone.core.wire.Config

/**
 * Decides when to call and whether a claim rides along (protocol §5.4). Lives in memory: a fresh process claims at
 * once, which covers whatever it would have remembered.
 */
class Schedule(
    private val jobs: Jobs,
    private val outbox: Outbox,
    private val travel: OutboxTravel,
    private val batches: Batches,
    private val claims: Claims,
    private val clock: Clock,
    private val corrected: CorrectedTime,
) {
    private var isClaimWanted = true
    private var pollAtElapsedMs = 0L
    private var waitingAfterGrant: Int? = null

    /** A wake, boot, app start, network or power: ask for jobs at the next opportunity. */
    fun wantClaim() {
        isClaimWanted = true
    }

    /** Milliseconds until the next call is due, back-off left aside. */
    fun dueInMs(config: Config, mayClaim: Boolean): Long {
        val waits = mutableListOf(pollWaitMs(), travel.releaseHeld(), urgentWaitMs(), confirmWaitMs(config))
        if (batches.isFrozen() || (batches.isBisecting() && outbox.depth() > 0)) return 0
        if (mayClaim && claims.room(config) > 0) waits += if (isClaimWanted) 0 else followUpWaitMs()
        return waits.filterNotNull().min()
    }

    /** Whether the batch that is about to be frozen should carry a claim. */
    fun wantsClaimNow(config: Config): Boolean {
        if (batches.isBisecting() || claims.room(config) == 0L) return false
        if (isClaimWanted || pollWaitMs() == 0L || followUpWaitMs() == 0L) return true
        return urgentWaitMs() == 0L && claims.waiting() <= 1
    }

    fun claimFrozen() {
        isClaimWanted = false
    }

    fun answered(answer: CallbackAnswer, hadClaim: Boolean) {
        var wait = answer.nextPollMs.coerceIn(0, LONGEST_POLL_MS)
        if (answer.granted == 0) wait = maxOf(wait, SHORTEST_IDLE_POLL_MS)
        pollAtElapsedMs = clock.elapsedMs() + wait
        if (hadClaim) waitingAfterGrant = if (answer.granted > 0) claims.waiting() else null
    }

    private fun pollWaitMs(): Long = maxOf(0, pollAtElapsedMs - clock.elapsedMs())

    private fun urgentWaitMs(): Long? = outbox.urgentAgeMs()?.let { maxOf(0, REPORT_DELAY_MS - it) }

    /** After a granting claim, once at most one job is left: ask for more together with the last result. */
    private fun followUpWaitMs(): Long? {
        val waiting = claims.waiting()
        val granted = waitingAfterGrant ?: return null
        if (waiting > 1 || waiting >= granted) return null
        val ages = jobs.inStates(JobState.ON_THE_RADIO).mapNotNull { job -> job.handed?.let { clock.ageMs(it) } }
        return ages.filter { it < RESULT_PATIENCE_MS }.maxOfOrNull { RESULT_PATIENCE_MS - it } ?: 0
    }

    /** An acceptance travels when its first job is due, at the latest half way through the lease. */
    private fun confirmWaitMs(config: Config): Long? {
        val epochs = outbox.acceptedEpochs()
        if (epochs.isEmpty()) return null
        val now = corrected.nowMs()
        var wait = LONGEST_POLL_MS
        for (job in jobs.inStates(setOf(JobState.STORED)).filter { it.leaseEpoch in epochs }) {
            val halfWay = (job.leaseUntilMs ?: now) - config.leaseSeconds * SECOND / 2
            val due = (job.notBeforeMs ?: now) - CONFIRM_EARLY_MS
            wait = minOf(wait, halfWay - now, due - now)
        }
        return maxOf(0, wait)
    }

    private companion object {
        const val LONGEST_POLL_MS = 900 * SECOND

        /** Guards against a server that always answers "claim again now" and never has a job. */
        const val SHORTEST_IDLE_POLL_MS = 5 * SECOND
        const val RESULT_PATIENCE_MS = 30 * SECOND
        const val CONFIRM_EARLY_MS = 5 * SECOND

        /** Urgent events gather for a second, and so travel within two. */
        const val REPORT_DELAY_MS = SECOND
    }
}
