package dev.roost.phone.core.wire

import dev.roost.phone.core.json.JsonObject

/** Most segments a SIM may send; null means no limit of that kind. */
data class SimCaps(val perMinute: Long? = null, val perHour: Long? = null, val perDay: Long? = null)

/** What the server tells the phone about its own behaviour (protocol §3). A member that is absent has its default. */
class Config(private val json: JsonObject) {
    val rev: Long = json.longOrNull("rev") ?: 0
    val leaseSeconds: Long = json.longOrNull("lease_seconds") ?: 300
    val holdSeconds: Long = json.longOrNull("hold_seconds") ?: 2_400
    val maxJobs: Long = json.longOrNull("max_jobs") ?: 10

    private val governor = json.objOrNull("governor")
    val segmentsPerMinute: Long = governor?.longOrNull("segments_per_minute") ?: 20
    val minGapMs: Long = governor?.longOrNull("min_gap_ms") ?: 3_000

    private val caps: Map<String, SimCaps> =
        json.objects("sims").associate { sim ->
            sim.text("sim_id") to
                SimCaps(sim.longOrNull("per_minute"), sim.longOrNull("per_hour"), sim.longOrNull("per_day"))
        }

    fun capsOf(simId: String): SimCaps = caps[simId] ?: SimCaps()

    /** Things that are asked of the owner only where the server wants them: `missed_calls`, `ussd`. */
    fun has(feature: String): Boolean = json.objOrNull("features")?.flag(feature) ?: false

    companion object {
        val DEFAULT = Config(JsonObject(emptyMap()))
    }
}
