package dev.roost.phone.core.radio

import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.CorrectedTime
import dev.roost.phone.core.time.DAY
import dev.roost.phone.core.time.HOUR
import dev.roost.phone.core.time.MINUTE
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.time.dayOf
import dev.roost.phone.core.time.stamp
import dev.roost.phone.core.wire.Config

/** How fast the phone may send (protocol §16). Counts segments, not messages, and survives restarts. */
class Pacing(private val store: Store, private val clock: Clock, private val corrected: CorrectedTime) {
    /** Milliseconds until the governor over all SIMs lets [segments] pass; 0 means now. */
    fun packageWaitMs(config: Config, segments: Int): Long {
        val booked = booked(null)
        val gap = booked.firstOrNull()?.let { maxOf(0, config.minGapMs - it.ageMs) } ?: 0
        return maxOf(gap, windowWait(booked, MINUTE, governorLimit(config), segments))
    }

    /** Milliseconds until the caps of this SIM let [segments] pass; 0 means now. */
    fun simWaitMs(config: Config, simId: String, segments: Int): Long {
        val caps = config.capsOf(simId)
        val booked = booked(simId)
        val minute = windowWait(booked, MINUTE, caps.perMinute, segments)
        val hour = windowWait(booked, HOUR, caps.perHour, segments)
        val isDayFull = caps.perDay != null && usedToday(simId) + segments > caps.perDay
        return maxOf(minute, hour, if (isDayFull) DAY - Math.floorMod(corrected.nowMs(), DAY) else 0)
    }

    /** Count a radio call that is about to be made; never taken back. */
    fun book(simId: String, segments: Int) {
        val now = clock.stamp()
        store.change(
            "INSERT INTO governor (boot_id, elapsed_ms, wall_ms, day, sim_id, segments) VALUES (?, ?, ?, ?, ?, ?)",
            now.bootId, now.elapsedMs, now.wallMs, today(), simId, segments,
        )
        store.change("DELETE FROM governor WHERE day < ?", dayOf(corrected.nowMs() - 2 * DAY))
    }

    /** What governor and caps leave this SIM within `hold_seconds`. */
    fun freeSegments(config: Config, simId: String): Long {
        val caps = config.capsOf(simId)
        val free = ArrayList<Long>()
        free += overHold(config, governorLimit(config)) - sumWithin(booked(null), MINUTE)
        caps.perMinute?.let { free += overHold(config, it) - sumWithin(booked(simId), MINUTE) }
        caps.perHour?.let { free += it - sumWithin(booked(simId), HOUR) }
        dayLeft(config, simId)?.let { free += it }
        return maxOf(0, free.min())
    }

    /** Segments in `hold_seconds` at so many per minute. */
    fun overHold(config: Config, perMinute: Long): Long = perMinute * config.holdSeconds / 60

    /** Segments left today (UTC, server time); null without a daily cap. */
    fun dayLeft(config: Config, simId: String): Long? =
        config.capsOf(simId).perDay?.let { maxOf(0, it - usedToday(simId)) }

    /** Segments per minute over all SIMs; half of it for an hour after the system refused to send more. */
    fun governorLimit(config: Config): Long =
        if (isThrottled()) maxOf(1, config.segmentsPerMinute / 2) else config.segmentsPerMinute

    fun throttle() = store.put(THROTTLED_AT, clock.stamp().asList())

    private fun isThrottled(): Boolean =
        store.getList(THROTTLED_AT)?.let { clock.ageMs(Stamp.of(it)) < THROTTLE_MS } ?: false

    private class Booking(val ageMs: Long, val segments: Long)

    /** Radio calls within the last hour, newest first. */
    private fun booked(simId: String?): List<Booking> =
        store.rows(
            """SELECT * FROM (SELECT * FROM governor WHERE boot_id = ? AND elapsed_ms > ?)
               UNION ALL SELECT * FROM (SELECT * FROM governor WHERE boot_id != ? ORDER BY rowid DESC LIMIT ?)""",
            clock.bootId, clock.elapsedMs() - HOUR, clock.bootId, REMEMBERED_FROM_OTHER_BOOTS,
        )
            .filter { simId == null || it.text("sim_id") == simId }
            .map { row ->
                val at = Stamp(row.text("boot_id"), row.long("elapsed_ms"), row.long("wall_ms"))
                Booking(maxOf(0, clock.ageMs(at)), row.long("segments"))
            }
            .filter { it.ageMs < HOUR }
            .sortedBy { it.ageMs }

    private fun sumWithin(booked: List<Booking>, windowMs: Long): Long =
        booked.filter { it.ageMs < windowMs }.sumOf { it.segments }

    /** Time until enough old bookings leave the window. A message over the limit goes alone into an empty one. */
    private fun windowWait(booked: List<Booking>, windowMs: Long, limit: Long?, segments: Int): Long {
        if (limit == null) return 0
        val inside = booked.filter { it.ageMs < windowMs }.toMutableList()
        var total = inside.sumOf { it.segments }
        var wait = 0L
        while (inside.isNotEmpty() && total + segments > limit) {
            val oldest = inside.removeAt(inside.size - 1)
            total -= oldest.segments
            wait = windowMs - oldest.ageMs
        }
        return wait
    }

    private fun usedToday(simId: String): Long =
        store.count("SELECT sum(segments) FROM governor WHERE sim_id = ? AND day = ?", simId, today())

    private fun today(): String = dayOf(corrected.nowMs())

    private companion object {
        const val THROTTLED_AT = "throttled_at"
        const val THROTTLE_MS = HOUR
        const val REMEMBERED_FROM_OTHER_BOOTS = 200
    }
}
