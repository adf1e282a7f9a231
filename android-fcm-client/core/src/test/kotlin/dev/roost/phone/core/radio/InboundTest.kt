package dev.roost.phone.core.radio

import dev.roost.phone.core.fakes.FakeWorld
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals

class InboundTest {
    private val world = FakeWorld()
    private val begin = world.handset.clock.nowMs

    private fun text(text: String, at: Long = begin, id: Long? = null) =
        InboundSms(id, "+34600999888", text, "sim_a", at / 1_000 * 1_000)

    private fun received(): List<String> = world.server.events("sms.received").map { it.obj("data").text("text") }

    @Test
    fun `the same broadcast twice is one text, the same words a second later are another`() {
        world.phone.take(text("STOP"))
        world.phone.take(text("STOP"))
        world.phone.take(text("STOP", begin + 1_000))
        world.run(5)
        assertEquals(listOf("STOP", "STOP"), received())
    }

    @Test
    fun `a text that no broadcast told of is found in the inbox, one that was told is not told again`() {
        world.run(1)
        world.phone.take(text("told", begin + 2_000))
        world.radio.inbox += text("told", begin + 2_000, 1)
        world.radio.inbox += text("missed", begin + 3_000, 2)
        world.restart()
        world.run(5)
        assertEquals(listOf("told", "missed"), received())
    }

    @Test
    fun `an inbox that does not say which SIM a text came by doubles nothing and loses nothing`() {
        world.run(1)
        world.phone.take(text("told", begin + 2_000))
        world.radio.inbox += text("told", begin + 2_000, 1).copy(simId = null)
        world.radio.inbox += text("missed", begin + 3_000, 2).copy(simId = null)
        world.restart()
        world.run(5)
        assertEquals(listOf("told", "missed"), received())
    }

    @Test
    fun `what was in the inbox before the phone was paired is nobody's business`() {
        world.radio.inbox += text("private", begin - 3_600_000, 1)
        world.restart()
        world.run(5)
        assertEquals(emptyList(), received())
    }

    @Test
    fun `texts that come before the phone is paired are not kept`() {
        val alone = FakeWorld(isPaired = false)
        alone.phone.take(text("private"))
        assertEquals(0, alone.count("outbox"))
    }

    @Test
    fun `missed calls are told only where the server asked for them`() {
        world.phone.missedCall("+34600999888", null)
        world.run(5)
        assertEquals(0, world.server.events("call.missed").size)
        world.server.more = mapOf("config" to mapOf("rev" to 2, "features" to mapOf("missed_calls" to true)))
        world.phone.wantClaim()
        world.run(5)
        world.phone.missedCall(null, null)
        world.run(5)
        assertEquals("unknown", world.server.events("call.missed").single().obj("data").text("from"))
    }
}
