package dev.roost.phone.core.time

import dev.roost.phone.core.json.NotOurJson
import java.time.DateTimeException
import java.time.Instant
import java.time.OffsetDateTime
import java.time.ZoneOffset

/** Times inside the phone are whole milliseconds (epoch or since boot); on the wire RFC 3339 UTC. */
const val SECOND = 1_000L
const val MINUTE = 60 * SECOND
const val HOUR = 60 * MINUTE
const val DAY = 24 * HOUR

/** `2026-11-20T09:04:03.120Z`. */
fun toWire(epochMs: Long): String {
    val second = Instant.ofEpochMilli(epochMs).atOffset(ZoneOffset.UTC).withNano(0).toLocalDateTime()
    val millis = Math.floorMod(epochMs, SECOND).toString().padStart(3, '0')
    val withSeconds = second.toString().let { if (second.second == 0) "$it:00" else it }
    return "$withSeconds.${millis}Z"
}

/** Epoch milliseconds. Throws [NotOurJson] for anything but RFC 3339. */
fun fromWire(text: String): Long =
    try {
        OffsetDateTime.parse(text).toInstant().toEpochMilli()
    } catch (error: DateTimeException) {
        throw NotOurJson("$text is no time: ${error.javaClass.simpleName}")
    }

/** The UTC day, as days since 1970, and its name as it is stored. */
fun dayOf(epochMs: Long): String =
    Instant.ofEpochMilli(epochMs).atOffset(ZoneOffset.UTC).toLocalDate().toString()
