package dev.roost.phone.core.radio

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals

class ResultCodesTest {
    @Test
    fun `a number nobody knows keeps its number and is never resent`() {
        assertEquals(mapOf("name" to "RESULT_999", "code" to 999, "radio" to 38, "class" to "unclear"), radioError(999, 38))
    }

    @Test
    fun `no code is in two classes`() {
        val all = ErrorClass.values().flatMap { it.codes.keys }
        assertEquals(all.toSet().size, all.size)
    }

    @Test
    fun `only what certainly did not go out may be sent again`() {
        assertEquals("not_submitted", radioError(4, null)["class"])
        assertEquals("throttled", radioError(5, null)["class"])
        assertEquals("maybe_submitted", radioError(16, null)["class"])
        assertEquals("permanent", radioError(10, null)["class"])
        assertEquals("unclear", radioError(1, 38)["class"])
    }
}
