package dev.roost.phone.core.call

import dev.roost.phone.core.radio.Handset
import dev.roost.phone.core.radio.Pacing
import dev.roost.phone.core.radio.Permission
import dev.roost.phone.core.radio.SimCard
import dev.roost.phone.core.radio.SimWatch
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.wire.Config

/** What a claim says about the phone: how much it can take, what it holds, how its SIMs are. */
class Claims(
    private val jobs: Jobs,
    private val outbox: Outbox,
    private val pacing: Pacing,
    private val simWatch: SimWatch,
    private val handset: Handset,
) {
    /** How many more jobs pacing lets the phone send within `hold_seconds`; 0 while it must not claim. */
    fun room(config: Config): Long {
        if (!handset.may(Permission.SEND_SMS) || outbox.isFull()) return 0
        val free = handset.sims().orEmpty().sumOf { freeSegments(config, it) }
        val byGovernor = pacing.overHold(config, pacing.governorLimit(config))
        return maxOf(0, minOf(config.maxJobs, free, byGovernor) - waiting())
    }

    fun waiting(): Int = jobs.inStates(JobState.WAITING).size

    fun have(): List<String> = jobs.inStates(JobState.HELD).map { it.jobId }

    /** A claim without its id; `have` is added when it travels. */
    fun new(config: Config): Map<String, Any?> =
        mapOf("max" to room(config), "sims" to handset.sims().orEmpty().sortedBy { it.slot }.map { sim(config, it) })

    /** A SIM that moved to another slot offers no segments until the owner confirms it. */
    private fun freeSegments(config: Config, sim: SimCard): Long =
        if (simWatch.isConfirmed(sim)) pacing.freeSegments(config, sim.simId) else 0

    private fun sim(config: Config, sim: SimCard): Map<String, Any?> {
        val isConfirmed = simWatch.isConfirmed(sim)
        val entry = mapOf(
            "slot" to sim.slot,
            "sim_id" to sim.simId,
            "state" to if (isConfirmed) handset.serviceOf(sim.slot).name.lowercase() else "unconfirmed",
            "free_segments" to freeSegments(config, sim),
        )
        return pacing.dayLeft(config, sim.simId)?.let { entry + ("day_left" to it) } ?: entry
    }
}
