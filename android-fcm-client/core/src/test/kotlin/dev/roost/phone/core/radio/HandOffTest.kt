package dev.roost.phone.core.radio

import dev.roost.phone.core.fakes.FakeWorld
import dev.roost.phone.core.time.toWire
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

class HandOffTest {
    private val world = FakeWorld()

    private fun grant(vararg jobs: Map<String, Any?>) = world.server.jobs.addAll(jobs)

    private fun sent(jobId: String) = world.phone.take(SentResult(jobId, 1, 1, RESULT_OK))

    @Test
    fun `a job of a confirm lease goes to the radio only after its acceptance was acknowledged`() {
        grant(world.job("j1", mapOf("grant" to "confirm")))
        world.radio.onSend = { assertEquals(1, world.server.events("lease.accepted").size) }
        world.run(10)
        assertEquals(1, world.radio.orders.size)
    }

    @Test
    fun `handing_off is on disk before the radio is asked`() {
        grant(world.job("j1"))
        world.radio.onSend = { assertEquals("handing_off", world.state("j1")) }
        world.run(1)
        assertEquals("handed_off", world.state("j1"))
    }

    @Test
    fun `a process that dies in the radio call never asks again`() {
        grant(world.job("j1"))
        world.radio.onSend = { throw DiedHere() }
        assertFailsWith<DiedHere> { world.run(1) }
        world.restart()
        world.radio.onSend = {}
        world.run(3_600)
        assertEquals(0, world.radio.orders.size)
        assertEquals("unknown", world.state("j1"))
        assertEquals("killed_in_handoff", world.server.events("job.unknown").single().obj("data").text("reason"))
    }

    @Test
    fun `the sent box settles what a killed process left open`() {
        grant(world.job("j1"))
        world.run(1)
        world.restart()
        world.radio.sentBox = SentBoxStatus.SENT
        world.run(700)
        assertEquals("sent_box", world.server.events("job.sent").single().obj("data").text("evidence"))
    }

    @Test
    fun `a known job offered again is reported and never sent again`() {
        val job = world.job("j1")
        grant(job)
        world.run(1)
        sent("j1")
        world.run(10)
        grant(job + ("lease_epoch" to 2))
        world.phone.wantClaim()
        world.run(10)
        assertEquals(1, world.radio.orders.size)
        assertEquals(listOf(1L, 2L), world.server.events("job.sent").map { it.long("lease_epoch") })
    }

    @Test
    fun `SIM cards that are not known yet make a job wait, and never count as gone`() {
        grant(world.job("j1", mapOf("not_before" to toWire(world.handset.clock.nowMs + 30_000))))
        world.run(1)
        world.handset.cards = null
        world.run(60)
        assertEquals("ready", world.state("j1"))
        world.handset.cards = listOf(SimCard(0, "sim_a", "Movistar", "21407", null))
        world.run(10)
        assertEquals(1, world.radio.orders.size)
    }

    @Test
    fun `another SIM in the slot is never used instead`() {
        grant(world.job("j1", mapOf("sim" to mapOf("slot" to 0, "sim_id" to "sim_b"))))
        world.run(5)
        assertEquals(0, world.radio.orders.size)
        assertEquals("SIM_NOT_PRESENT", world.server.events("job.failed").single().obj("data").obj("error").text("name"))
    }

    @Test
    fun `what the radio refuses before it is asked fails with its reason`() {
        grant(world.job("j1"))
        world.radio.onSend = { throw RadioRefused(OwnError.BAD_ADDRESS) }
        world.run(5)
        val error = world.server.events("job.failed").single().obj("data").obj("error")
        assertEquals("BAD_ADDRESS" to "permanent", error.text("name") to error.text("class"))
    }

    @Test
    fun `a deadline that passes while the phone has no service expires the job unsent`() {
        grant(world.job("j1", notAfter = 30))
        world.handset.service = Service.OUT_OF_SERVICE
        world.run(60)
        assertEquals("service", world.server.events("job.expired").single().obj("data").text("waited_for"))
        assertEquals(0, world.radio.orders.size)
    }

    @Test
    fun `urgent jobs go first, then by slot and by arrival`() {
        grant(world.job("bulk", mapOf("priority" to 0)), world.job("normal"), world.job("otp", mapOf("priority" to 2)))
        world.run(20)
        assertEquals(listOf("otp", "normal", "bulk"), world.radio.orders.map { it.jobId })
    }

    @Test
    fun `nothing of a message is left on the phone once its end is acknowledged`() {
        grant(world.job("j1"))
        world.run(1)
        sent("j1")
        world.run(10)
        val row = world.sql.query("SELECT recipient, text FROM jobs", emptyList()).single()
        assertEquals(null to null, row.textOrNull("recipient") to row.textOrNull("text"))
        assertTrue(world.told.none { "+34600111222" in it || "hello" in it })
    }

    @Test
    fun `a USSD code is dialled only where the server switched it on, and its answer is the outcome`() {
        val ussd = mapOf("kind" to "ussd", "to" to null, "text" to null, "ussd" to mapOf("code" to "*100#"))
        grant(world.job("j1", ussd))
        world.run(5)
        assertEquals("UNSUPPORTED_KIND", world.server.events("job.failed").single().obj("data").obj("error").text("name"))
        world.server.more = mapOf("config" to mapOf("rev" to 2, "features" to mapOf("ussd" to true)))
        grant(world.job("j2", ussd))
        world.phone.wantClaim()
        world.run(5)
        assertEquals(listOf("*100#"), world.radio.codes)
        world.phone.take(UssdResult("j2", 1, "7,50 EUR", null))
        world.run(5)
        assertEquals("7,50 EUR", world.server.events("ussd.result").single().obj("data").text("text"))
    }

    @Test
    fun `one USSD code at a time, and its failure has the network's number`() {
        world.server.more = mapOf("config" to mapOf("rev" to 2, "features" to mapOf("ussd" to true)))
        val ussd = mapOf("kind" to "ussd", "to" to null, "text" to null, "ussd" to mapOf("code" to "*100#"))
        grant(world.job("j1", ussd), world.job("j2", ussd))
        world.run(20)
        assertEquals(1, world.radio.codes.size)
        world.phone.take(UssdResult("j1", 1, null, -2))
        world.run(5)
        assertEquals(2, world.radio.codes.size)
        val error = world.server.events("ussd.result").single().obj("data").obj("error")
        assertEquals("USSD_SERVICE_UNAVAILABLE" to -2L, error.text("name") to error.long("code"))
    }

    @Test
    fun `a USSD code that nobody answers is unknown after a minute`() {
        world.server.more = mapOf("config" to mapOf("rev" to 2, "features" to mapOf("ussd" to true)))
        grant(world.job("j1", mapOf("kind" to "ussd", "ussd" to mapOf("code" to "*100#"))))
        world.run(5)
        assertEquals(listOf("*100#"), world.radio.codes)
        world.run(70)
        assertEquals("unknown", world.state("j1"))
    }

    private class DiedHere : Error()
}
