package dev.roost.phone.core.mms

import dev.roost.phone.core.fakes.FakeWorld
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.radio.RESULT_OK
import dev.roost.phone.core.radio.SentResult
import dev.roost.phone.core.radio.mmsError
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals

class MmsOutTest {
    private val world = FakeWorld()
    private val picture = MediaFile("image/png", byteArrayOf(1, 2, 3))

    private fun grant(vararg urls: String, most: Int = 1_000, notAfter: Int = 3_600) {
        val content = mapOf(
            "parts" to urls.map { mapOf("url" to it) }, "max_bytes" to most, "types" to listOf("image/png"),
        )
        world.server.jobs.add(world.job("j1", mapOf("kind" to "mms", "mms" to content), notAfter))
    }

    private fun failure(): JsonObject = world.server.events("job.failed").single().obj("data").obj("error")

    @Test
    fun `an MMS goes to the radio once, with its text and its files in their order`() {
        world.media.pages["https://a.example/1"] = picture
        world.media.pages["https://a.example/2"] = MediaFile("image/png", byteArrayOf(9))
        grant("https://a.example/1", "https://a.example/2")
        world.run(1)
        world.phone.take(SentResult("j1", 1, 1, RESULT_OK))
        world.run(60)
        val order = world.radio.mms.single()
        assertEquals("hello j1", order.text)
        assertEquals(listOf(3, 1), order.files.map { it.content.size })
        assertEquals(1, world.server.events("job.sent").size)
        assertEquals(emptyList(), world.radio.orders)
    }

    @Test
    fun `a file that cannot be fetched ends the attempt as certainly not sent`() {
        grant("https://a.example/none")
        world.run(5)
        assertEquals("MEDIA_FETCH_FAILED" to "not_submitted", failure().text("name") to failure().text("class"))
        assertEquals(emptyList(), world.radio.mms)
    }

    @Test
    fun `a type that was not allowed, and more bytes than were, fail for good`() {
        world.media.pages["https://a.example/page"] = MediaFile("text/html", byteArrayOf(1))
        grant("https://a.example/page")
        world.run(5)
        assertEquals("MEDIA_WRONG_TYPE" to "permanent", failure().text("name") to failure().text("class"))
    }

    @Test
    fun `the size is that of all files together`() {
        world.media.pages["https://a.example/1"] = picture
        grant("https://a.example/1", "https://a.example/1", most = 5)
        world.run(5)
        assertEquals("MEDIA_TOO_LARGE" to "permanent", failure().text("name") to failure().text("class"))
    }

    @Test
    fun `an offline phone waits with an MMS, and spends no attempt on it`() {
        world.media.pages["https://a.example/1"] = picture
        grant("https://a.example/1")
        world.media.onFetch = { error("nothing may be fetched while offline") }
        world.handset.onServiceAsked = { world.handset.isOnline = false }
        world.run(60)
        assertEquals("ready", world.state("j1"))
        world.media.onFetch = {}
        world.handset.onServiceAsked = {}
        world.handset.isOnline = true
        world.phone.networkAvailable()
        world.run(10)
        assertEquals(1, world.radio.mms.size)
    }

    @Test
    fun `a deadline that passes while files are fetched expires the message unsent`() {
        world.media.pages["https://a.example/1"] = picture
        world.media.onFetch = { world.handset.clock.nowMs += 120_000 }
        grant("https://a.example/1", notAfter = 60)
        world.run(5)
        assertEquals(1, world.server.events("job.expired").size)
        assertEquals(emptyList(), world.radio.mms)
    }

    @Test
    fun `results of an MMS have numbers of their own`() {
        world.media.pages["https://a.example/1"] = picture
        grant("https://a.example/1")
        world.run(1)
        world.phone.take(SentResult("j1", 1, 1, 5))
        world.run(5)
        assertEquals("MMS_IO_ERROR" to "maybe_submitted", failure().text("name") to failure().text("class"))
        assertEquals(emptyList(), world.server.events("alert"))
    }

    @Test
    fun `a carrier that takes no MMS now may be asked again, one that never does is not`() {
        assertEquals("not_submitted", mmsError(195, null)["class"])
        assertEquals("permanent", mmsError(132, null)["class"])
    }
}
