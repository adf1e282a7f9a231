package dev.roost.phone.core.store

import dev.roost.phone.core.fakes.FakeWorld
import dev.roost.phone.core.fakes.offline
import dev.roost.phone.core.radio.InboundSms
import dev.roost.phone.core.server.HttpAnswer
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class OutboxTest {
    private val world = FakeWorld()

    private fun receive(count: Int) = repeat(count) { number ->
        val at = world.handset.clock.nowMs / 1_000 * 1_000
        world.phone.take(InboundSms(null, "+34600999888", "text $number", "sim_a", at))
    }

    private fun received() = world.server.events("sms.received").map { it.obj("data").text("text") }

    @Test
    fun `ten thousand reports after days offline drain in batches of a hundred, in order, each once`() {
        world.server.fail = { offline() }
        receive(10_000)
        world.run(60)
        world.server.fail = { null }
        world.server.seen.clear()
        world.phone.networkAvailable()
        world.run(300)
        assertEquals(0, world.count("outbox"))
        assertEquals(List(10_000) { "text $it" }, received())
        assertTrue(world.server.callbacks().all { it.events.size <= 100 })
        assertTrue(world.server.callbacks().size <= 102, "${world.server.callbacks().size} calls")
    }

    @Test
    fun `with a backlog the claim rides in the first batch`() {
        world.run(5)
        receive(250)
        world.server.seen.clear()
        world.phone.wantClaim()
        world.run(5)
        assertEquals(listOf(100, 100, 50), world.server.callbacks().map { it.events.size })
        assertTrue("claim" in world.server.callbacks().first().body.members)
    }

    @Test
    fun `a batch whose answer was lost is sent again the same, also by another process`() {
        world.run(5)
        receive(3)
        world.server.fail = { offline() }
        world.run(5)
        val first = world.server.callbacks().last()
        receive(2)
        world.restart()
        world.server.fail = { null }
        world.run(30)
        val again = world.server.callbacks().first { it !== first && it.body.text("batch_id") == first.body.text("batch_id") }
        assertEquals(first.events.map { it.text("event_id") }, again.events.map { it.text("event_id") })
        assertEquals(0, world.count("outbox"))
    }

    @Test
    fun `one report that the server cannot read is found and set aside, and the rest arrives`() {
        world.run(5)
        receive(20)
        world.server.fail = { seen ->
            val isBad = seen.events.any { "text 13" in it.members.toString() }
            if (isBad) HttpAnswer(400, """{"error":{"code":"invalid"}}""", null) else null
        }
        world.run(900)
        assertEquals(0, world.count("outbox"))
        assertEquals(1, world.count("quarantine"))
    }

    @Test
    fun `a captive portal acknowledges nothing`() {
        world.run(5)
        receive(3)
        world.server.fail = { HttpAnswer(200, "<html>Please log in</html>", null) }
        world.run(60)
        assertEquals(3, world.count("outbox"))
        world.server.fail = { HttpAnswer(200, """{"hello":"world"}""", null) }
        world.run(60)
        assertEquals(3, world.count("outbox"))
    }

    @Test
    fun `an answer without a word about an event keeps the event`() {
        world.run(5)
        receive(1)
        world.server.more = mapOf("acked" to emptyList<String>())
        world.run(5)
        assertEquals(1, world.count("outbox"))
        world.server.more = emptyMap()
        world.run(60)
        assertEquals(0, world.count("outbox"))
    }

    @Test
    fun `a full outbox stops the claims and throws nothing away`() {
        world.server.fail = { offline() }
        receive(20_001)
        world.server.fail = { null }
        world.server.seen.clear()
        world.phone.wantClaim()
        world.phone.networkAvailable()
        world.phone.step()
        world.phone.step()
        assertTrue("claim" !in world.server.callbacks().first().body.members)
        world.run(600)
        assertEquals(20_001, received().toSet().size)
    }
}
