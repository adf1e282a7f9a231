package dev.roost.phone.core.wire

import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.json.NotOurJson
import dev.roost.phone.core.time.fromWire

/** An entry of `jobs` (protocol §7). A stub with [isReoffer] has no content and only asks for the row's state. */
class OfferedJob(json: JsonObject) {
    val jobId: String = json.text("job_id")
    val attempt: Long = countedFromOne(json, "attempt")
    val leaseEpoch: Long = json.long("lease_epoch")
    val isReoffer: Boolean = json.flag("reoffer")
    val grant: String = json.textOrNull("grant") ?: CONFIRM
    val kind: String = json.textOrNull("kind") ?: SMS
    val to: String? = json.textOrNull("to")

    /** The text of an SMS or the code of a USSD job. */
    val content: String? = if (kind == USSD) json.objOrNull("ussd")?.textOrNull("code") else json.textOrNull("text")
    val mms: MmsContent? = json.objOrNull("mms")?.let(::MmsContent)
    val slot: Int? = json.objOrNull("sim")?.long("slot")?.toInt()
    val simId: String? = json.objOrNull("sim")?.text("sim_id")
    val priority: Long = json.longOrNull("priority") ?: 1
    val notBeforeMs: Long? = json.textOrNull("not_before")?.let(::fromWire)
    val notAfterMs: Long? = json.textOrNull("not_after")?.let(::fromWire)
    val leaseUntilMs: Long? = json.textOrNull("lease_until")?.let(::fromWire)
    val deliveryReport: Boolean = json.flag("delivery_report")
    val reportNow: Boolean = json.textOrNull("report") == "now"

    init {
        if (grant != CONFIRM && grant != DIRECT) throw NotOurJson("an unknown grant")
    }

    companion object {
        const val CONFIRM = "confirm"
        const val DIRECT = "direct"
        const val SMS = "sms"
        const val MMS = "mms"
        const val USSD = "ussd"
    }
}

class CanceledJob(json: JsonObject) {
    val jobId: String = json.text("job_id")
    val attempt: Long = countedFromOne(json, "attempt")
}

/** The owner agreed, on the server, to this card in this slot. */
class ConfirmedSim(json: JsonObject) {
    val slot: Int = json.long("slot").toInt()
    val simId: String = json.text("sim_id")
}

class RejectedEvent(json: JsonObject) {
    val eventId: String = json.text("event_id")
    val code: String = json.textOrNull("code") ?: "invalid"
    val isPermanent: Boolean = json.flag("permanent")
}

/** Throws NotOurJson for anything that no Roost server answers; then nothing of it is applied. */
class CallbackAnswer(json: JsonObject) {
    val acked: List<String> = json.texts("acked")
    val rejected: List<RejectedEvent> = json.objects("rejected").map(::RejectedEvent)
    val jobs: List<OfferedJob> = json.objects("jobs").map(::OfferedJob)
    val cancel: List<CanceledJob> = json.objects("cancel").map(::CanceledJob)
    val serverTimeMs: Long = fromWire(json.text("server_time"))
    val nextPollMs: Long = (json.double("next_poll_seconds", 900.0) * 1_000).toLong()

    /** Only a whole configuration replaces the old one. */
    val config: JsonObject? = json.objOrNull("config")?.also { Config(it) }
    val nextToken: String? = json.textOrNull("next_token")
    val confirmedSims: List<ConfirmedSim> = json.objects("confirmed_sims").map(::ConfirmedSim)

    val granted: Int = jobs.count { !it.isReoffer }
}

private fun countedFromOne(json: JsonObject, name: String): Long {
    val number = json.longOrNull(name) ?: 1
    if (number < 1) throw NotOurJson("$name counts from 1")
    return number
}
