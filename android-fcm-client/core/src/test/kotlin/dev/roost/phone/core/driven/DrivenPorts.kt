package dev.roost.phone.core.driven

import dev.roost.phone.core.KillPoint
import dev.roost.phone.core.KillSwitch
import dev.roost.phone.core.Ports
import dev.roost.phone.core.Tell
import dev.roost.phone.core.fakes.JdbcSql
import dev.roost.phone.core.fakes.MarkedSeal
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.mms.Fetched
import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.mms.InboundPart
import dev.roost.phone.core.mms.MediaFile
import dev.roost.phone.core.mms.MediaHttp
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
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.Stamp
import java.io.File
import java.io.IOException
import java.util.Base64

/** Everything the core asks of the world is asked of the harness. */
class DrivenPorts(private val line: Line) {
    fun ports(store: File) =
        Ports(
            sql = JdbcSql(store),
            handset = DrivenHandset(line),
            radio = DrivenRadio(line),
            http = Http { method, url, headers, body -> http(method, url, headers, body) },
            media = DrivenMedia(line),
            seal = MarkedSeal(),
            tell = Tell { line.write(mapOf("tell" to it)) },
            kill = KillSwitch(::reach),
            dice = { line.ask("dice").double("value", 0.0) },
        )

    private fun http(method: String, url: String, headers: Map<String, String>, body: String): HttpAnswer {
        val args = mapOf("method" to method, "url" to url, "headers" to headers, "body" to body)
        val answer = line.ask("http", args)
        answer.textOrNull("error")?.let { throw IOException(it) }
        return HttpAnswer(answer.long("status").toInt(), answer.text("body"), answer.textOrNull("retry_after"))
    }

    /** A harness that means it kills this process instead of answering. */
    private fun reach(point: KillPoint) {
        val name = point.name.lowercase()
        if (name in line.world.listOrNull("armed").orEmpty()) line.ask("reach", mapOf("point" to name))
    }
}

private class DrivenClock(private val line: Line) : Clock {
    override val bootId: String
        get() = line.world.text("boot_id")

    override fun wallMs(): Long = line.world.long("wall_ms")

    override fun elapsedMs(): Long = line.world.long("elapsed_ms")
}

private class DrivenHandset(private val line: Line) : Handset {
    override val clock: Clock = DrivenClock(line)
    override val model = "Driven phone"
    override val sdk = 34
    override val appVersion = "1.0.0"

    override val isOnline: Boolean
        get() = line.world.flag("online")

    override fun sims(): List<SimCard> = line.world.objects("sims").map { sim ->
        SimCard(
            sim.long("slot").toInt(), sim.text("sim_id"), sim.text("carrier"), sim.text("mccmnc"),
            sim.textOrNull("number"),
        )
    }

    override fun serviceOf(slot: Int): Service {
        val sim = line.world.objects("sims").first { it.long("slot").toInt() == slot }
        return Service.valueOf(sim.text("service").uppercase())
    }

    override fun may(permission: Permission): Boolean = permission.name in line.world.texts("permissions")

    override fun vitals(): Map<String, Any?> = line.world.obj("vitals").members

    override fun networkWaitMs(hasWork: Boolean): Long =
        if (!line.world.flag("dozing")) 0 else line.ask("network_wait", mapOf("has_work" to hasWork)).long("value")
}

private class DrivenRadio(private val line: Line) : Radio {
    override fun divide(text: String, simId: String): Int =
        line.ask("divide", mapOf("text" to text)).long("value").toInt()

    override fun send(order: SendOrder) {
        line.ask(
            "send",
            mapOf(
                "job_id" to order.jobId, "attempt" to order.attempt, "slot" to order.slot, "to" to order.recipient,
                "text" to order.text, "parts" to order.parts, "wants_report" to order.wantsReport,
            ),
        )
    }

    override fun sendMms(order: MmsOrder) {
        line.ask(
            "send_mms",
            mapOf(
                "job_id" to order.jobId, "attempt" to order.attempt, "slot" to order.slot, "to" to order.recipient,
                "text" to order.text, "files" to order.files.map { Base64.getEncoder().encodeToString(it.content) },
            ),
        )
    }

    override fun ussd(jobId: String, attempt: Long, slot: Int, code: String) {
        line.ask("ussd", mapOf("job_id" to jobId, "attempt" to attempt, "slot" to slot, "code" to code))
    }

    override fun sentBox(recipient: String, text: String, handed: Stamp): SentBoxStatus? {
        val args = mapOf("to" to recipient, "text" to text, "handed" to handed.asList())
        return line.ask("sent_box", args).textOrNull("value")?.let { SentBoxStatus.valueOf(it.uppercase()) }
    }

    override fun inbox(sinceWallMs: Long): List<InboundSms> = line.ask("inbox").objects("value").map(::inboundOf)

    override fun mmsInbox(sinceWallMs: Long): List<InboundMms> = line.ask("mms_inbox").objects("value").map(::mmsOf)

    override fun mmsPart(handle: String): ByteArray? =
        line.ask("mms_part", mapOf("handle" to handle)).textOrNull("value")?.let { Base64.getDecoder().decode(it) }
}

private class DrivenMedia(private val line: Line) : MediaHttp {
    override fun fetch(url: String, mostBytes: Long): Fetched {
        val answer = answered(line.ask("media_fetch", mapOf("url" to url)))
        val status = answer.long("status").toInt()
        if (status !in 200..299) return Fetched(status, null)
        val content = Base64.getDecoder().decode(answer.text("content"))
        return Fetched(status, MediaFile(answer.text("content_type"), content), isCut = content.size > mostBytes)
    }

    override fun put(url: String, headers: Map<String, String>, content: ByteArray): Int {
        val encoded = Base64.getEncoder().encodeToString(content)
        val args = mapOf("url" to url, "headers" to headers, "content" to encoded)
        return answered(line.ask("media_put", args)).long("status").toInt()
    }

    private fun answered(answer: JsonObject): JsonObject =
        answer.also { it.textOrNull("error")?.let { error -> throw IOException(error) } }
}

fun mmsOf(json: JsonObject) =
    InboundMms(
        json.long("provider_id"), json.text("sender"), "", json.text("text"), json.textOrNull("sim_id"),
        json.objects("parts").map { InboundPart(it.text("content_type"), it.text("handle")) },
    )

fun inboundOf(json: JsonObject) =
    InboundSms(
        json.longOrNull("provider_id"), json.text("sender"), json.text("text"), json.textOrNull("sim_id"),
        json.long("smsc_ms"), json.long("parts").toInt(),
    )
