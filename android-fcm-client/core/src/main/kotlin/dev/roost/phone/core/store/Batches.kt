package dev.roost.phone.core.store

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject

/** [claim] without `have`, which is refreshed for every call. */
data class Batch(val batchId: String, val events: List<Map<String, Any?>>, val claim: Map<String, Any?>?)

/** The frozen batch: its events and claim stay the same until an answer arrives, also over a crash (protocol §5.3). */
class Batches(private val store: Store, private val outbox: Outbox, private val travel: OutboxTravel) {
    fun frozen(): Batch? {
        val row = store.row("SELECT batch_id, claim FROM batch") ?: return null
        val claim = row.textOrNull("claim")?.let { JsonObject.parse(it).members }
        return Batch(row.text("batch_id"), travel.frozenEvents(), claim)
    }

    fun isFrozen(): Boolean = store.row("SELECT 1 FROM batch") != null

    /** [claim] without an id gets a new one here. */
    fun freeze(claim: Map<String, Any?>?): Batch {
        store.transaction {
            val suffix = "${store.storeId.drop(3)}_${store.nextNumber("batch_number")}"
            val identified = claim?.let { mapOf<String, Any?>("claim_id" to "clm_$suffix") + it }
            travel.thaw()
            travel.freeze(limit())
            store.change(
                "INSERT OR REPLACE INTO batch (one, batch_id, claim) VALUES (1, ?, ?)",
                "bat_$suffix", identified?.let { Json.write(it) },
            )
        }
        return checkNotNull(frozen())
    }

    /** An answer that applied nothing: the events stay for another batch, the claim is forgotten. */
    fun drop() {
        store.transaction {
            travel.thaw()
            store.change("DELETE FROM batch")
        }
    }

    /** The server cannot take this batch: try half of it, and quarantine an event that is refused alone. */
    fun halve(batch: Batch, code: String) {
        store.transaction {
            drop()
            if (batch.events.size == 1) outbox.quarantine(batch.events.single()["event_id"] as String, code)
            store.put(LIMIT, (batch.events.size / 2).takeIf { it > 0 })
        }
    }

    /** While looking for a bad event nothing but events travels. */
    fun isBisecting(): Boolean = store.get(LIMIT) != null

    /** Back to full batches once the halved ones have emptied the outbox. */
    fun applied() {
        if (isBisecting() && outbox.depth() == 0L) store.transaction { store.put(LIMIT, null) }
    }

    private fun limit(): Int = store.getLong(LIMIT)?.toInt() ?: OutboxTravel.BATCH_EVENTS

    companion object {
        const val LIMIT = "batch_limit"
    }
}
