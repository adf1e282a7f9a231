package dev.roost.phone.core.mms

import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.HOUR
import dev.roost.phone.core.time.MINUTE
import dev.roost.phone.core.time.SECOND

/**
 * When to look for an MMS that was announced. The announcement says only that one waits at the carrier; the owner's
 * messaging app downloads it, in its own time and into the system's store. Lives in memory: each process start looks.
 */
class MmsWatch(private val clock: Clock, private val look: () -> Unit) {
    private var untilElapsedMs = 0L
    private var nextElapsedMs = 0L
    private var pauseMs = 0L

    fun announced() {
        untilElapsedMs = clock.elapsedMs() + HOUR
        pauseMs = FIRST_PAUSE_MS
        nextElapsedMs = clock.elapsedMs() + pauseMs
    }

    /** Look if it is time: after 5, 10, 20, ... seconds, at most 10 minutes apart. ms until the next; null for none. */
    fun lookIfDue(): Long? {
        val now = clock.elapsedMs()
        if (untilElapsedMs <= now) return null
        if (nextElapsedMs > now) return nextElapsedMs - now
        look()
        pauseMs = minOf(pauseMs * 2, 10 * MINUTE)
        nextElapsedMs = now + pauseMs
        return pauseMs
    }

    private companion object {
        const val FIRST_PAUSE_MS = 5 * SECOND
    }
}
