package dev.roost.phone.core.store

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.wire.OfferedJob

/** Rows of leased jobs: reads and single-row changes. The rules about who may change what are with the callers. */
class Jobs(private val store: Store) {
    fun get(jobId: String, attempt: Long): Job? =
        store.row("SELECT * FROM jobs WHERE job_id = ? AND attempt = ?", jobId, attempt)?.let(Job::of)

    fun inStates(states: Set<JobState>): List<Job> {
        val marks = states.joinToString(",") { "?" }
        val keys = states.map { it.key }.toTypedArray()
        return store.rows("SELECT * FROM jobs WHERE state IN ($marks) ORDER BY received", *keys).map(Job::of)
    }

    fun insert(offered: OfferedJob, state: JobState) {
        store.change(
            """INSERT OR IGNORE INTO jobs (job_id, attempt, lease_epoch, lease_grant, state, kind, recipient, text,
               mms, content_mark, slot, sim_id, priority, not_before_ms, not_after_ms, lease_until_ms, delivery_report,
               report_now) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            offered.jobId, offered.attempt, *lease(offered, state),
        )
    }

    /** A row not yet handed off takes over a newer lease, content included. */
    fun renew(offered: OfferedJob, state: JobState) {
        store.change(
            """UPDATE jobs SET lease_epoch = ?, lease_grant = ?, state = ?, kind = ?, recipient = ?, text = ?,
               mms = ?, content_mark = ?, slot = ?, sim_id = ?, priority = ?, not_before_ms = ?,
               not_after_ms = ?, lease_until_ms = ?, delivery_report = ?, report_now = ?,
               waited_for = NULL, outcome = NULL WHERE job_id = ? AND attempt = ?""",
            *lease(offered, state), offered.jobId, offered.attempt,
        )
    }

    private fun lease(offered: OfferedJob, state: JobState): Array<Any?> =
        arrayOf(
            offered.leaseEpoch, offered.grant, state.key, offered.kind, offered.to, offered.content,
            offered.mms?.written, contentMark(offered), offered.slot, offered.simId, offered.priority,
            offered.notBeforeMs, offered.notAfterMs, offered.leaseUntilMs, offered.deliveryReport, offered.reportNow,
        )

    /** Tells equal contents apart from different ones after the content is gone; salted, so it says nothing else. */
    private fun contentMark(offered: OfferedJob): String =
        sha256Hex(store.storeId, offered.to.orEmpty(), offered.content.orEmpty()).take(16)

    /** Other jobs with the same recipient and text that were handed to the radio. */
    fun twinsOf(job: Job): List<Job> =
        store.rows(
            """SELECT twin.* FROM jobs twin JOIN jobs own ON twin.content_mark = own.content_mark
               WHERE own.received = ? AND twin.received != own.received AND twin.handed_boot IS NOT NULL""",
            job.received,
        ).map(Job::of)

    fun setState(job: Job, state: JobState) {
        store.change("UPDATE jobs SET state = ? WHERE received = ?", state.key, job.received)
    }

    fun setEpoch(job: Job, leaseEpoch: Long) {
        store.change("UPDATE jobs SET lease_epoch = ? WHERE received = ?", leaseEpoch, job.received)
    }

    fun setWaitingFor(job: Job, reason: String) {
        store.change("UPDATE jobs SET waited_for = ? WHERE received = ?", reason, job.received)
    }

    /** `handing_off` with one empty part row per segment. */
    fun beginHandOff(job: Job, segments: Int, at: Stamp) {
        store.change(
            """UPDATE jobs SET state = ?, segments = ?, handed_boot = ?, handed_elapsed_ms = ?, handed_wall_ms = ?
               WHERE received = ?""",
            JobState.HANDING_OFF.key, segments, at.bootId, at.elapsedMs, at.wallMs, job.received,
        )
        for (part in 1..segments) {
            store.change(
                "INSERT OR IGNORE INTO parts (job_id, attempt, part) VALUES (?, ?, ?)", job.jobId, job.attempt, part,
            )
        }
    }

    fun setOutcome(job: Job, outcome: Outcome) {
        store.change("UPDATE jobs SET outcome = ? WHERE received = ?", Json.write(outcome.asJson()), job.received)
    }

    /** All step times of the job with this one added; the first time of a step is kept. */
    fun noteTime(job: Job, step: String, at: Stamp): Map<String, Stamp> {
        val times = job.times + (step to (job.times[step] ?: at))
        store.change("UPDATE jobs SET times = ? WHERE received = ?", Job.writeStamps(times), job.received)
        return times
    }

    fun deleteContent(jobId: String, attempt: Long) {
        store.change(
            "UPDATE jobs SET recipient = NULL, text = NULL, mms = NULL WHERE job_id = ? AND attempt = ?", jobId, attempt,
        )
    }

    /** Rows are the memory against duplicates; they go only after everything about them is reported. */
    fun forgetOlderThan(notAfterMs: Long) {
        val held = JobState.HELD.joinToString(",") { "'${it.key}'" }
        store.change(
            """DELETE FROM jobs WHERE not_after_ms < ? AND state NOT IN ($held)
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.job_id = jobs.job_id AND o.attempt = jobs.attempt)""",
            notAfterMs,
        )
        store.change(
            """DELETE FROM parts WHERE NOT EXISTS
               (SELECT 1 FROM jobs j WHERE j.job_id = parts.job_id AND j.attempt = parts.attempt)""",
        )
    }
}
