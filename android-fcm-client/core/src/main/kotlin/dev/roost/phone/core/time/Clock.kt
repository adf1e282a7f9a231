package dev.roost.phone.core.time

/** What Android gives an app: `currentTimeMillis`, `elapsedRealtime` and a name for this boot. */
interface Clock {
    val bootId: String

    fun wallMs(): Long

    fun elapsedMs(): Long
}

/** A moment on one phone. [elapsedMs] only compares with stamps of the same boot. */
data class Stamp(val bootId: String, val elapsedMs: Long, val wallMs: Long) {
    fun asList(): List<Any> = listOf(bootId, elapsedMs, wallMs)

    companion object {
        /** What [asList] gave, read back. */
        fun of(kept: List<Any?>) = Stamp(kept[0] as String, kept[1] as Long, kept[2] as Long)
    }
}

fun Clock.stamp() = Stamp(bootId, elapsedMs(), wallMs())

/**
 * Time since [earlier] in ms, never too long: across a reboot only this boot's length is certain.
 * Limits and waits build on this, so a wall clock that jumps while the phone is off cannot shorten them.
 */
fun Clock.ageMs(earlier: Stamp): Long =
    if (earlier.bootId == bootId) elapsedMs() - earlier.elapsedMs else elapsedMs()

/** Time since [earlier] in ms, believing the wall clock across a reboot. For displays and searches, not for limits. */
fun Clock.likelyAgeMs(earlier: Stamp): Long =
    if (earlier.bootId == bootId) elapsedMs() - earlier.elapsedMs
    else maxOf(wallMs() - earlier.wallMs, elapsedMs())
