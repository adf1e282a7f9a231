package dev.roost.phone.core.radio

import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.Store

/**
 * Notices SIMs that were pulled, swapped or moved; jobs for them are given back, never sent on another SIM.
 * `confirmed_sims` is what the owner agreed to (pairing, later a confirmation); `seen_sims` the last look.
 */
class SimWatch(
    private val store: Store,
    private val jobs: Jobs,
    private val outbox: Outbox,
    private val ledger: Ledger,
    private val handset: Handset,
) {
    /** The owner agrees to the SIMs as they are now. */
    fun confirm() {
        val now = look() ?: return
        store.transaction {
            store.put(CONFIRMED, now)
            store.put(SEEN, now)
        }
    }

    /** The owner agreed on the server; true if that is news, and what is in the slot now. Runs in a transaction. */
    fun agree(slot: Int, simId: String): Boolean {
        val confirmed = kept(CONFIRMED).orEmpty()
        val place = slot.toString()
        if (look()?.get(place) != simId || confirmed[place] == simId) return false
        store.put(CONFIRMED, confirmed.filterValues { it != simId } + (place to simId))
        return true
    }

    /** SIMs in a slot in which the owner did not agree to them, as pairing describes a SIM. */
    fun unconfirmed(): List<Map<String, Any?>> =
        handset.sims().orEmpty().sortedBy { it.slot }.filterNot(::isConfirmed).map { it.described() }

    fun isConfirmed(sim: SimCard): Boolean = kept(CONFIRMED)?.get(sim.slot.toString()) == sim.simId

    /** The SIMs are not those the owner agreed to. */
    fun needsConfirmation(): Boolean = look().let { it != null && it != kept(CONFIRMED) }

    /** Report a change once, and give back the jobs whose SIM left its slot without a successor in it. */
    fun check() {
        val now = look() ?: return
        val seen = kept(SEEN)
        if (seen == null) {
            confirm()
            return
        }
        if (seen == now) return
        store.transaction {
            store.put(SEEN, now)
            if (now != kept(CONFIRMED)) {
                outbox.add("alert", mapOf("code" to "sim_changed", "detail" to difference(seen, now)))
            }
            for (job in jobs.inStates(JobState.WAITING)) {
                val slot = job.slot.toString()
                val isGone = now[slot] != job.simId
                val wasSwapped = slot in now && job.simId !in now.values
                if (isGone && !wasSwapped) ledger.release(job, "sim_gone")
            }
        }
    }

    private fun look(): Map<String, String>? =
        handset.sims()?.sortedBy { it.slot }?.associate { it.slot.toString() to it.simId }

    private fun kept(key: String): Map<String, String>? = store.getObject(key)?.members?.mapValues { it.value as String }

    private fun difference(before: Map<String, String>, now: Map<String, String>): String =
        (before.keys + now.keys).sorted().filter { before[it] != now[it] }
            .joinToString(", ") { "slot $it: ${before[it] ?: "empty"} -> ${now[it] ?: "empty"}" }

    private companion object {
        const val CONFIRMED = "confirmed_sims"
        const val SEEN = "seen_sims"
    }
}
