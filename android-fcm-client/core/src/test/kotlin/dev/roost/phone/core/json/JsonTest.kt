package dev.roost.phone.core.json

import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull

class JsonTest {
    @Test
    fun `what was written is read back the same`() {
        val random = Random(7)
        repeat(500) {
            val value = anything(random, 0)
            assertEquals(value, Json.parse(Json.write(value)))
        }
    }

    private fun anything(random: Random, depth: Int): Any? =
        when (random.nextInt(if (depth > 4) 5 else 7)) {
            0 -> null
            1 -> random.nextBoolean()
            2 -> random.nextLong()
            3 -> random.nextDouble()
            4 -> String(CharArray(random.nextInt(20)) { random.nextInt(0x10000).toChar() })
            5 -> List(random.nextInt(4)) { anything(random, depth + 1) }
            else -> (0..random.nextInt(4)).associate { "k$it" to anything(random, depth + 1) }
        }

    @Test
    fun `half of a surrogate pair travels as an escape, because no UTF-8 could carry it`() {
        assertEquals("\"a\\ud83d\"", Json.write("a\ud83d"))
        assertEquals("\"\ud83d\ude00\"", Json.write("\ud83d\ude00"))
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "", "{", "{\"a\":", "[1,", "\"abc", "{\"a\" 1}", "[1 2]", "nul", "01", "+1", "{\"a\":1}x", "\"\\u12\"",
            "\"\\x\"", "\"\n\"", "<html>Please log in</html>", "[1,]", "{,}", "\"\\u00+1\"",
        ],
    )
    fun `a text that is no JSON, or cut off, is refused`(text: String) {
        assertFailsWith<NotOurJson> { Json.parse(text) }
    }

    @Test
    fun `an answer cut at any character is refused`() {
        val whole = "{\"acked\":[\"evt_1\"],\"n\":12.5e3,\"t\":true,\"text\":\"a\\n\\u00e9\"}"
        for (end in 0 until whole.length) {
            assertFailsWith<NotOurJson>("cut at $end") { Json.parse(whole.substring(0, end)) }
        }
    }

    @Test
    fun `nesting that would end the process is refused`() {
        assertFailsWith<NotOurJson> { Json.parse("[".repeat(100_000)) }
    }

    @Test
    fun `a member of another type is not taken for one`() {
        val json = JsonObject.parse("""{"n":"7","t":7,"z":null}""")
        assertFailsWith<NotOurJson> { json.long("n") }
        assertFailsWith<NotOurJson> { json.text("t") }
        assertNull(json.textOrNull("z"))
        assertFailsWith<NotOurJson> { json.text("z") }
    }
}
