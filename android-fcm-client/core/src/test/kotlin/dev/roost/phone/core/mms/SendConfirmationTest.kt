package dev.roost.phone.core.mms

import org.junit.jupiter.api.Test
import kotlin.random.Random
import kotlin.test.assertEquals

class SendConfirmationTest {
    @Test
    fun `the status is found behind a transaction id, also one that holds its number`() {
        assertEquals(128, status("8c 81  98 6a 31 00  8d 92  92 80  8b 40 31 00"))
        assertEquals(132, status("8c 81  98 6a 31 00  8d 92  93 05 ea 6e 6f 21 00  92 84"))
        assertEquals(132, status("8c 81  8d 92  93 1f 05 ea 92 80 21 00  92 84"))
    }

    @Test
    fun `an answer without a status, or one cut off, says nothing`() {
        for (cut in listOf("", "8c 81", "8c 81 98 6a", "8c 81 98 6a 31 00 8d 92 92", "93 1f ff ff ff ff 7f")) {
            assertEquals(null, status(cut), cut)
        }
    }

    @Test
    fun `no bytes whatever break the reader`() {
        val dice = Random(7)
        repeat(20_000) { SendConfirmation.statusOf(dice.nextBytes(dice.nextInt(40))) }
    }

    private fun status(hex: String): Int? {
        val bytes = hex.trim().split(Regex("\\s+")).filter { it.isNotEmpty() }.map { it.toInt(16).toByte() }
        return SendConfirmation.statusOf(bytes.toByteArray())
    }
}
