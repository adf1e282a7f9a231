package dev.roost.phone.core.fakes

import dev.roost.phone.core.Phone
import dev.roost.phone.core.Ports
import dev.roost.phone.core.Tell
import dev.roost.phone.core.call.PairingLink
import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.radio.Handset
import dev.roost.phone.core.radio.InboundSms
import dev.roost.phone.core.radio.MmsOrder
import dev.roost.phone.core.radio.Permission
import dev.roost.phone.core.radio.Radio
import dev.roost.phone.core.radio.SendOrder
import dev.roost.phone.core.radio.SentBoxStatus
import dev.roost.phone.core.radio.Service
import dev.roost.phone.core.radio.SimCard
import dev.roost.phone.core.server.Http
import dev.roost.phone.core.server.HttpAnswer
import dev.roost.phone.core.server.Seal
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.toWire
import java.io.IOException

class FakeClock : Clock {
    var nowMs = 1_800_000_000_000L
    override var bootId = "b1"
    var wallOffsetMs = 0L

    override fun wallMs(): Long = nowMs + wallOffsetMs

    override fun elapsedMs(): Long = nowMs - 1_799_999_000_000L
}

class FakeHandset : Handset {
    override val clock = FakeClock()
    override val model = "Test phone"
    override val sdk = 30
    override val appVersion = "1.0.0"
    override var isOnline = true
    var cards: List<SimCard>? = listOf(SimCard(0, "sim_a", "Movistar", "21407", null))
    var service = Service.IN_SERVICE
    var onServiceAsked: () -> Unit = {}
    val granted = Permission.values().toMutableSet()

    override fun sims(): List<SimCard>? = cards

    override fun serviceOf(slot: Int): Service {
        onServiceAsked()
        return service
    }

    override fun may(permission: Permission): Boolean = permission in granted

    override fun vitals(): Map<String, Any?> = mapOf("battery" to 80, "charging" to true, "net" to "wifi")
}

/** Remembers what it was asked; [onSend] may look around at that very moment. */
class FakeRadio : Radio {
    val orders = ArrayList<SendOrder>()
    val codes = ArrayList<String>()
    val mms = ArrayList<MmsOrder>()
    val mmsInbox = ArrayList<InboundMms>()
    val mmsParts = HashMap<String, ByteArray>()
    val inbox = ArrayList<InboundSms>()
    var sentBox: SentBoxStatus? = null
    var onSend: (SendOrder) -> Unit = {}

    override fun divide(text: String, simId: String): Int = maxOf(1, (text.length + 152) / 153)

    override fun send(order: SendOrder) {
        onSend(order)
        orders.add(order)
    }

    override fun sendMms(order: MmsOrder) {
        mms.add(order)
    }

    override fun ussd(jobId: String, attempt: Long, slot: Int, code: String) {
        codes.add(code)
    }

    override fun sentBox(recipient: String, text: String, handed: Stamp): SentBoxStatus? = sentBox

    override fun inbox(sinceWallMs: Long): List<InboundSms> = inbox.filter { it.smscMs >= sinceWallMs }

    override fun mmsInbox(sinceWallMs: Long): List<InboundMms> = mmsInbox

    override fun mmsPart(handle: String): ByteArray? = mmsParts[handle]
}

/** One request as the server saw it. */
class Seen(val path: String, val token: String?, val body: JsonObject) {
    val events: List<JsonObject>
        get() = body.objects("events")
}

/** Acknowledges everything; [jobs] are granted to the next claim. [fail] says what happens instead of an answer. */
class FakeServer(private val clock: FakeClock) : Http {
    val seen = ArrayList<Seen>()
    val jobs = ArrayList<Map<String, Any?>>()
    var features: Map<String, Any?> = emptyMap()
    var deviceId = "phn_1"
    var more: Map<String, Any?> = emptyMap()
    var fail: (Seen) -> HttpAnswer? = { null }

    override fun request(method: String, url: String, headers: Map<String, String>, body: String): HttpAnswer {
        val path = url.substringAfter("https://roost.example")
        val request = Seen(path, headers["Authorization"]?.removePrefix("Bearer "), JsonObject.parse(body))
        seen.add(request)
        return fail(request) ?: when (path) {
            "/phone/v1/pair" -> ok(paired())
            "/phone/v1/callback" -> ok(answered(request))
            "/phone/v1/media" -> ok(mapOf("parts" to request.body.objects("parts").map(::placed)))
            else -> HttpAnswer(204, "", null)
        }
    }

    private fun ok(body: Map<String, Any?>) = HttpAnswer(200, Json.write(body), null)

    private fun paired() =
        mapOf(
            "device_id" to deviceId, "token" to "rpt_first", "server_time" to toWire(clock.nowMs),
            "firebase" to null, "config" to mapOf("rev" to 1, "features" to features),
        )

    private fun answered(request: Seen): Map<String, Any?> {
        val granted = if (request.body.members["claim"] != null) jobs.toList().also { jobs.clear() } else emptyList()
        return mapOf(
            "acked" to request.events.map { it.text("event_id") }, "rejected" to emptyList<Any>(), "jobs" to granted,
            "cancel" to emptyList<Any>(), "server_time" to toWire(clock.nowMs), "next_poll_seconds" to 900,
        ) + more
    }

    /** As the server does: the same name for the same ref. */
    private fun placed(part: JsonObject): Map<String, Any?> {
        val name = part.text("ref").replace('/', '-')
        val headers = mapOf("content-type" to part.text("content_type"))
        return mapOf("ref" to part.text("ref"), "media_id" to "med_$name", "url" to "https://s3.example/$name", "headers" to headers)
    }

    fun callbacks(): List<Seen> = seen.filter { it.path.endsWith("/callback") }

    fun events(type: String): List<JsonObject> = callbacks().flatMap { it.events }.filter { it.text("type") == type }
}

/** A phone with everything around it, in memory and in time that stands still until told. */
class FakeWorld(val sql: JdbcSql = JdbcSql(), val seal: Seal = MarkedSeal(), isPaired: Boolean = true) {
    val handset = FakeHandset()
    val radio = FakeRadio()
    val media = FakeMedia()
    val server = FakeServer(handset.clock)
    val told = ArrayList<String>()
    var phone = newProcess()

    init {
        if (isPaired) pair()
    }

    /** The process is gone; another one opens the same store. */
    fun restart() {
        phone = newProcess()
    }

    private fun newProcess() =
        Phone(Ports(sql, handset, radio, server, media, seal, Tell { told.add(it) }, dice = { 0.5 }))

    fun pair() = phone.pair(PairingLink.parse("roost://pair?u=https://roost.example&c=CODE"))

    /** Let time pass, working whenever something is due. */
    fun run(seconds: Int) {
        val end = handset.clock.nowMs + seconds * 1_000L
        while (true) {
            val wait = phone.tick()
            if (handset.clock.nowMs + wait > end) break
            handset.clock.nowMs += maxOf(1, wait)
        }
        handset.clock.nowMs = end
        phone.tick()
    }

    fun count(table: String): Long = sql.query("SELECT count(*) FROM $table", emptyList()).single().number()

    fun state(jobId: String): String =
        sql.query("SELECT state FROM jobs WHERE job_id = ?", listOf(jobId)).single().text("state")

    /** [more] replaces members; times in seconds from now. */
    fun job(jobId: String, more: Map<String, Any?> = emptyMap(), notAfter: Int = 3_600): Map<String, Any?> =
        mapOf(
            "job_id" to jobId, "attempt" to 1, "lease_epoch" to 1, "grant" to "direct", "kind" to "sms",
            "to" to "+34600111222", "text" to "hello $jobId", "sim" to mapOf("slot" to 0, "sim_id" to "sim_a"),
            "priority" to 1, "not_before" to toWire(handset.clock.nowMs),
            "not_after" to toWire(handset.clock.nowMs + notAfter * 1_000L),
            "lease_until" to toWire(handset.clock.nowMs + 300_000), "delivery_report" to false, "report" to "now",
        ) + more
}

fun offline(): Nothing = throw IOException("offline")
