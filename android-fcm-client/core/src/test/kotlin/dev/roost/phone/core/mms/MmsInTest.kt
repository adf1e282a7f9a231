package dev.roost.phone.core.mms

import dev.roost.phone.core.fakes.FakeWorld
import dev.roost.phone.core.server.HttpAnswer
import org.junit.jupiter.api.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals

class MmsInTest {
    private val world = FakeWorld(isPaired = false).apply {
        server.features = mapOf("inbound_mms" to true)
        pair()
        radio.mmsParts["7/0"] = byteArrayOf(1, 2, 3)
    }
    private val mms = InboundMms(7, "+34600999888", "Look", "A cat", "sim_a", listOf(InboundPart("image/png", "7/0")))

    private fun told() = world.server.events("mms.received").map { it.obj("data") }

    @Test
    fun `its files are on the server before an MMS is told, and it is told once`() {
        world.phone.take(mms)
        world.phone.take(mms)
        world.run(5)
        assertContentEquals(byteArrayOf(1, 2, 3), world.media.bucket.values.single())
        val event = told().single()
        assertEquals("Look" to "A cat", event.text("subject") to event.text("text"))
        val part = event.objects("parts").single()
        assertEquals("image/png" to 3L, part.text("content_type") to part.long("size"))
        assertEquals(64, part.text("sha256").length)
    }

    @Test
    fun `an upload that fails is done again to the same place, also by another process`() {
        world.media.isOffline = true
        world.phone.take(mms)
        world.run(30)
        assertEquals(emptyList(), told())
        world.restart()
        world.media.isOffline = false
        world.run(60)
        assertEquals(1, world.media.bucket.size)
        assertEquals(1, told().size)
    }

    @Test
    fun `what the server would never take is left out, and the words are told`() {
        val large = InboundPart("video/mp4", "7/1")
        world.radio.mmsParts["7/1"] = ByteArray(5_000_001)
        world.phone.take(mms.copy(parts = mms.parts + large + InboundPart("image/png", "7/deleted")))
        world.run(5)
        assertEquals(listOf("image/png"), told().single().objects("parts").map { it.text("content_type") })
    }

    @Test
    fun `a server that refuses the files for good gets the words, and the next MMS is not held up`() {
        world.server.fail = { if (it.path.endsWith("/media")) HttpAnswer(400, "{}", null) else null }
        world.phone.take(mms)
        world.phone.take(mms.copy(providerId = 8, text = "the next"))
        world.run(10)
        assertEquals(listOf("A cat", "the next"), told().map { it.text("text") })
    }

    @Test
    fun `an announced MMS is looked for until the system has downloaded it`() {
        world.run(1)
        world.phone.mmsAnnounced()
        world.run(60)
        assertEquals(emptyList(), told())
        world.radio.mmsInbox += mms
        world.run(60)
        assertEquals(1, told().size)
    }

    @Test
    fun `one that nobody announced is found by the next process`() {
        world.run(1)
        world.radio.mmsInbox += mms
        world.restart()
        world.run(5)
        assertEquals(1, told().size)
    }

    @Test
    fun `MMS are nobody's business where the server does not want them, or before the pairing`() {
        val other = FakeWorld()
        other.phone.take(mms)
        other.radio.mmsInbox += mms
        other.restart()
        other.run(5)
        assertEquals(0, other.count("mms_in"))
    }

    @Test
    fun `a phone that leaves tells its MMS first, and stays while it cannot`() {
        world.phone.take(mms)
        world.phone.unpair()
        assertEquals(1, told().size)
    }

    @Test
    fun `another server's phone does not tell it what came for the first`() {
        world.media.isOffline = true
        world.phone.take(mms)
        world.run(5)
        world.server.deviceId = "phn_2"
        world.pair()
        world.media.isOffline = false
        world.run(60)
        assertEquals(emptyList(), told())
    }

    @Test
    fun `nothing of it is left in the phone's own storage`() {
        world.media.isOffline = true
        world.phone.take(mms)
        world.media.isOffline = false
        world.run(30)
        assertEquals(listOf(null), world.sql.query("SELECT body FROM mms_in", emptyList()).map { it.textOrNull("body") })
    }
}
