package dev.roost.phone.core.store

import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.time.stamp
import dev.roost.phone.core.time.toWire

/** Which events travel next: marking a batch, and holding those that the server wants later. */
class OutboxTravel(private val store: Store, private val clock: Clock) {
    /** Mark the oldest events as the next batch; how many. They are not superseded from now on. */
    fun freeze(atMost: Int): Int {
        var size = 0L
        var lastSeq = 0L
        var count = 0
        val rows = store.rows(
            "SELECT seq, length(CAST(body AS BLOB)) AS size FROM outbox WHERE held_boot IS NULL ORDER BY seq LIMIT ?",
            minOf(atMost, BATCH_EVENTS),
        )
        for (row in rows) {
            size += row.long("size") + FRAME_BYTES
            if (count > 0 && size > BATCH_BYTES) break
            lastSeq = row.long("seq")
            count++
        }
        store.change("UPDATE outbox SET in_batch = 1, was_frozen = 1 WHERE seq <= ? AND held_boot IS NULL", lastSeq)
        return count
    }

    fun thaw() {
        store.change("UPDATE outbox SET in_batch = 0 WHERE in_batch = 1")
    }

    /** As they travel, oldest first. */
    fun frozenEvents(): List<Map<String, Any?>> =
        store.rows("SELECT * FROM outbox WHERE in_batch = 1 ORDER BY seq").map { row ->
            mapOf(
                "event_id" to row.text("event_id"),
                "seq" to row.long("seq"),
                "boot_id" to row.text("boot_id"),
                "at_wall" to toWire(row.long("wall_ms")),
                "at_elapsed" to row.long("elapsed_ms"),
            ) + JsonObject.parse(row.text("body")).members
        }

    fun frozenIds(): List<String> =
        store.rows("SELECT event_id FROM outbox WHERE in_batch = 1").map { it.text("event_id") }

    /** `try_later`: stays, and travels again after 30 s, 1 min, 2 min, ... up to 15 min. */
    fun hold(eventId: String) {
        val now = clock.stamp()
        store.change(
            """UPDATE outbox SET refusals = refusals + 1, held_boot = ?, held_elapsed_ms = ?, held_wall_ms = ?
               WHERE event_id = ?""",
            now.bootId, now.elapsedMs, now.wallMs, eventId,
        )
    }

    /** Let events whose hold is over travel again; milliseconds until the next one, null if none is held. */
    fun releaseHeld(): Long? {
        var next: Long? = null
        for (row in store.rows("SELECT * FROM outbox WHERE held_boot IS NOT NULL")) {
            val hold = minOf(LONGEST_HOLD_MS, FIRST_HOLD_MS shl minOf(row.int("refusals") - 1, 10))
            val age = clock.ageMs(Stamp(row.text("held_boot"), row.long("held_elapsed_ms"), row.long("held_wall_ms")))
            if (age < hold) {
                next = minOf(next ?: Long.MAX_VALUE, hold - age)
            } else {
                store.transaction {
                    store.change("UPDATE outbox SET held_boot = NULL, urgent = 1 WHERE seq = ?", row.long("seq"))
                }
            }
        }
        return next
    }

    companion object {
        const val BATCH_EVENTS = 100

        /** Leaves room below the server's 128 KB for claim and health. */
        const val BATCH_BYTES = 100_000L
        private const val FRAME_BYTES = 200
        private const val FIRST_HOLD_MS = 30 * SECOND
        private const val LONGEST_HOLD_MS = 900 * SECOND
    }
}
