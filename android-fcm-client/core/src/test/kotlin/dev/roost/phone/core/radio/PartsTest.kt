package dev.roost.phone.core.radio

import dev.roost.phone.core.store.JobState
import org.junit.jupiter.api.Test
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

class PartsTest {
    private fun parts(vararg codes: Int?) = codes.mapIndexed { index, code -> Part(index + 1, code) }

    private fun reports(vararg statuses: Int?) =
        statuses.mapIndexed { index, status -> Part(index + 1, RESULT_OK, tpStatus = status) }

    @Test
    fun `all parts sent is sent, and a part without a result keeps it open`() {
        assertEquals(JobState.SENT, verdict(parts(-1, -1, -1)))
        assertNull(verdict(parts(-1, null, -1)))
        assertEquals(JobState.UNKNOWN, verdict(parts(-1, null, -1), isWaitedOut = true))
    }

    @Test
    fun `one failed part fails the message once none is pending`() {
        assertEquals(JobState.FAILED, verdict(parts(-1, 10, -1)))
        assertNull(verdict(parts(null, 10)))
        assertEquals(JobState.FAILED, verdict(parts(null, 10), isWaitedOut = true))
    }

    @Test
    fun `delivered for all parts implies sent, and one part refused for good is undelivered`() {
        assertEquals(JobState.DELIVERED, verdict(reports(0, 1, 2)))
        assertEquals(JobState.DELIVERED, verdict(listOf(Part(1, null, tpStatus = 0))))
        assertEquals(JobState.UNDELIVERED, verdict(reports(0, 0x46, 0)))
        assertEquals(JobState.SENT, verdict(reports(0, 0x30, 0)))
    }

    @Test
    fun `no part at all proves nothing`() {
        assertNull(verdict(emptyList()))
        assertEquals(JobState.UNKNOWN, verdict(emptyList(), isWaitedOut = true))
    }

    @Test
    fun `delivered is never taken back, and trying says nothing against a failure`() {
        assertTrue(isNews(null, 0x30))
        assertTrue(isNews(0x46, 0x00))
        assertFalse(isNews(0x00, 0x46))
        assertFalse(isNews(0x46, 0x30))
        assertTrue(isNews(0x30, 0x46))
    }

    @Test
    fun `reports end the same in every order`() {
        val random = Random(11)
        repeat(500) {
            val statuses = List(random.nextInt(1, 5)) { listOf(0x00, 0x30, 0x46).random(random) }
            val ends = List(6) { statuses.shuffled(random).fold(null as Int?) { known, next -> if (isNews(known, next)) next else known } }
            val isDelivered = 0x00 in statuses
            assertEquals(setOf(isDelivered), ends.map { it == 0x00 }.toSet(), "$statuses")
        }
    }
}
