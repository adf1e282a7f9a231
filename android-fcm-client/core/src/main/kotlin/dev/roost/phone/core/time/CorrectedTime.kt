package dev.roost.phone.core.time

import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.store.Store

/**
 * Server time as the phone reckons it: an anchor from the last answer plus milliseconds since boot (protocol §15).
 * The wall clock counts only between a reboot and the first answer; its jumps do not matter after that.
 */
class CorrectedTime(private val store: Store, private val clock: Clock) {
    /** Epoch milliseconds on the server's clock. */
    fun nowMs(): Long {
        val anchor = anchor() ?: return clock.wallMs()
        if (anchor.text("boot_id") == clock.bootId) {
            return anchor.long("server_ms") + clock.elapsedMs() - anchor.long("elapsed_ms")
        }
        return clock.wallMs() + anchor.long("wall_offset_ms")
    }

    /** Whether the server answered since the last boot. */
    fun isAnchored(): Boolean = anchor()?.text("boot_id") == clock.bootId

    fun uncertaintyMs(): Long = if (isAnchored()) 0 else UNANCHORED_UNCERTAINTY_MS

    /** Keep the newest quick answer; a slow one only while this boot has none, as a poor anchor beats a guess. */
    fun anchor(serverTimeMs: Long, roundTripMs: Long) {
        if (roundTripMs >= TRUSTED_ROUND_TRIP_MS && isAnchored()) return
        val now = serverTimeMs + roundTripMs / 2
        store.put(
            ANCHOR,
            mapOf(
                "boot_id" to clock.bootId,
                "elapsed_ms" to clock.elapsedMs(),
                "server_ms" to now,
                "wall_offset_ms" to now - clock.wallMs(),
            ),
        )
    }

    private fun anchor(): JsonObject? = store.getObject(ANCHOR)

    private companion object {
        const val ANCHOR = "anchor"
        const val TRUSTED_ROUND_TRIP_MS = 5 * SECOND
        const val UNANCHORED_UNCERTAINTY_MS = HOUR
    }
}
