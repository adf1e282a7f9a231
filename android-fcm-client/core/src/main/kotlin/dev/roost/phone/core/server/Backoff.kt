package dev.roost.phone.core.server

import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.MINUTE
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.time.stamp

/**
 * When the phone may call again after a failure: full jitter, and `Retry-After` above all (protocol §19). The jittered
 * delay lives in memory, a restart may try at once; a `Retry-After` is kept over restarts. [dice] gives 0.0 until 1.0.
 */
class Backoff(private val store: Store, private val clock: Clock, private val dice: () -> Double) {
    private var failures = 0
    private var untilElapsedMs = 0L

    fun failed(retryAfterMs: Long?) {
        val ceiling = minOf(CAP_MS, BASE_MS shl minOf(failures, 20))
        failures++
        untilElapsedMs = clock.elapsedMs() + (dice() * ceiling).toLong()
        if (retryAfterMs != null) {
            store.transaction { store.put(RETRY_AFTER, clock.stamp().asList() + retryAfterMs) }
        }
    }

    /** Wait exactly this long, for states that are retried hourly. */
    fun hold(ms: Long) {
        untilElapsedMs = clock.elapsedMs() + ms
    }

    fun succeeded() {
        networkAvailable()
        if (store.get(RETRY_AFTER) != null) store.transaction { store.put(RETRY_AFTER, null) }
    }

    /** Try at once again, except where the server asked for silence. */
    fun networkAvailable() {
        failures = 0
        untilElapsedMs = 0
    }

    fun waitMs(): Long = maxOf(0, untilElapsedMs - clock.elapsedMs(), retryAfterLeftMs())

    /** A `Retry-After` is running; not even the owner's wish cuts it short. */
    fun hasBeenAskedToWait(): Boolean = retryAfterLeftMs() > 0

    private fun retryAfterLeftMs(): Long {
        val kept = store.getList(RETRY_AFTER) ?: return 0
        return kept[3] as Long - clock.ageMs(Stamp.of(kept))
    }

    private companion object {
        const val RETRY_AFTER = "retry_after"
        const val BASE_MS = 2 * SECOND
        const val CAP_MS = 15 * MINUTE
    }
}
