package dev.roost.phone.core.time

import dev.roost.phone.core.json.NotOurJson
import org.junit.jupiter.api.Test
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class TimesTest {
    @Test
    fun `a time on the wire has milliseconds and is UTC`() {
        assertEquals("2026-11-20T09:04:03.120Z", toWire(1_795_165_443_120))
        assertEquals("2026-11-20T09:04:00.000Z", toWire(1_795_165_440_000))
        assertEquals("1969-12-31T23:59:59.999Z", toWire(-1))
    }

    @Test
    fun `what was written is read back the same`() {
        val random = Random(3)
        repeat(1_000) {
            val at = random.nextLong(0, 4_102_444_800_000)
            assertEquals(at, fromWire(toWire(at)))
        }
    }

    @Test
    fun `other zones and other precisions are understood`() {
        assertEquals(fromWire("2026-11-20T09:04:03Z"), fromWire("2026-11-20T10:04:03.000000+01:00"))
    }

    @Test
    fun `what is no time is refused`() {
        for (text in listOf("", "yesterday", "2026-11-20", "2026-11-20T09:04:03", "2026-13-20T09:04:03Z")) {
            assertFailsWith<NotOurJson>(text) { fromWire(text) }
        }
    }
}
