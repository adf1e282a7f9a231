package dev.roost.phone.core.mms

import org.junit.jupiter.api.Test
import java.io.ByteArrayInputStream
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals

/** Bytes worked out by hand from OMA-TS-MMS_ENC 1.2 (7.3) and WAP-230-WSP (8.4, 8.5). */
class SendRequestTest {
    @Test
    fun `a text alone is an M-Send request of one part`() {
        val expected = hex(
            "8c 80  98 6a 31 00  8d 92  89 01 81",
            "97 2b 33 34 36 2f 54 59 50 45 3d 50 4c 4d 4e 00  84 a3",
            "01  04 02  03 83 81 ea  48 69",
        )
        assertContentEquals(expected, SendRequest("j1", "+346", "Hi", emptyList()).encoded())
    }

    @Test
    fun `a file has its type, and a name with the right ending`() {
        val body = bodyOf(SendRequest("j1", "+346", "", listOf(MediaFile("image/png", byteArrayOf(1, 2, 3)))).encoded())
        val type = hex("11  69 6d 61 67 65 2f 70 6e 67 00  85 30 2e 70 6e 67 00")
        assertContentEquals(hex("01 12 03") + type + byteArrayOf(1, 2, 3), body)
    }

    @Test
    fun `every size comes back as it was written, and the parts keep their order`() {
        for (size in listOf(0, 1, 127, 128, 16_383, 16_384, 300_000, 2_097_152)) {
            val files = listOf(MediaFile("image/jpeg", ByteArray(size) { it.toByte() }), MediaFile("video/3gpp", byteArrayOf(9)))
            val read = Multipart(bodyOf(SendRequest("j1", "+346", "¿Qué tal?", files).encoded())).parts()
            assertEquals(3, read.size, "size $size")
            assertEquals("¿Qué tal?", String(read[0]))
            assertContentEquals(files[0].content, read[1])
            assertContentEquals(byteArrayOf(9), read[2])
        }
    }

    /** What follows the content type, which is the last header. */
    private fun bodyOf(encoded: ByteArray): ByteArray {
        val place = (0 until encoded.size - 1).first { encoded[it] == 0x84.toByte() && encoded[it + 1] == 0xA3.toByte() }
        return encoded.copyOfRange(place + 2, encoded.size)
    }

    private fun hex(vararg lines: String): ByteArray =
        lines.flatMap { it.trim().split(Regex("\\s+")) }.map { it.toInt(16).toByte() }.toByteArray()

    /** Reads what the encoder wrote, in another way. */
    private class Multipart(bytes: ByteArray) {
        private val input = ByteArrayInputStream(bytes)

        fun parts(): List<ByteArray> {
            val parts = List(uintvar()) {
                val headers = uintvar()
                val length = uintvar()
                input.skip(headers.toLong())
                input.readNBytes(length)
            }
            assertEquals(0, input.available())
            return parts
        }

        private fun uintvar(): Int {
            var value = 0
            while (true) {
                val byte = input.read()
                value = value * 128 + byte % 128
                if (byte < 128) return value
            }
        }
    }
}
