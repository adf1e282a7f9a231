package dev.roost.phone.core.server

import com.sun.net.httpserver.HttpServer
import dev.roost.phone.core.Gate
import dev.roost.phone.core.fakes.FakeWorld
import dev.roost.phone.core.radio.InboundSms
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import java.net.InetSocketAddress
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue

class ExchangeTest {
    private val web = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply { start() }
    private val url = "http://127.0.0.1:${web.address.port}"
    private val gate = Gate()
    private val exchange = Exchange(PlainHttp(), gate, { 0 }, { 1_800_000_000_000 })

    @AfterEach
    fun stop() = web.stop(0)

    private fun answers(status: Int, body: String, vararg headers: Pair<String, String>) {
        web.createContext("/") { call ->
            call.requestBody.readAllBytes()
            headers.forEach { (name, value) -> call.responseHeaders.add(name, value) }
            call.sendResponseHeaders(status, if (body.isEmpty()) -1 else body.toByteArray().size.toLong())
            if (body.isNotEmpty()) call.responseBody.write(body.toByteArray())
            call.close()
        }
    }

    private fun call(): Exchanged = gate.inside { exchange.call("POST", "$url/phone/v1/callback", mapOf("n" to 1), "t") }

    @Test
    fun `an answer is read as UTF-8`() {
        answers(200, """{"text":"¿Qué?"}""")
        assertEquals("¿Qué?", assertIs<Answered>(call()).body?.text("text"))
    }

    @Test
    fun `a redirect is never followed`() {
        answers(302, "", "Location" to "$url/elsewhere")
        assertIs<Unreachable>(call())
    }

    @Test
    fun `somebody else's page is no answer`() {
        answers(200, "<html>Please log in</html>")
        assertIs<Unreachable>(call())
    }

    @Test
    fun `a refusal has its code, and Retry-After in seconds`() {
        answers(429, """{"error":{"code":"slow_down","message":"wait"}}""", "Retry-After" to "60")
        val refused = assertIs<Refused>(call())
        assertEquals(Triple(429, "slow_down", 60_000L), Triple(refused.status, refused.code, refused.retryAfterMs))
    }

    @Test
    fun `Retry-After may be a date, and one that nobody can read counts as absent`() {
        answers(503, "", "Retry-After" to "Fri, 15 Jan 2027 08:01:00 GMT")
        assertEquals(60_000L, assertIs<Unreachable>(call()).retryAfterMs)
        web.removeContext("/")
        answers(503, "", "Retry-After" to "soon")
        assertEquals(null, assertIs<Unreachable>(call()).retryAfterMs)
    }

    @Test
    fun `nobody there is unreachable, and so is an address that is none`() {
        web.stop(0)
        assertIs<Unreachable>(call())
        assertIs<Unreachable>(gate.inside { exchange.call("POST", "https://", emptyMap()) })
    }

    @Test
    fun `a text that arrives while a request is on its way is written at once`() {
        val world = FakeWorld()
        val isOnItsWay = CountDownLatch(1)
        val mayAnswer = CountDownLatch(1)
        world.server.fail = {
            isOnItsWay.countDown()
            mayAnswer.await(10, TimeUnit.SECONDS)
            null
        }
        val working = thread { world.phone.step() }
        assertTrue(isOnItsWay.await(10, TimeUnit.SECONDS))
        val receiving = thread { world.phone.take(InboundSms(null, "+34600999888", "hi", "sim_a", 1_800_000_000_000)) }
        receiving.join(5_000)
        assertEquals(1, world.count("outbox"))
        mayAnswer.countDown()
        working.join(5_000)
        world.server.fail = { null }
        world.run(10)
        assertEquals(1, world.server.events("sms.received").size)
    }
}
