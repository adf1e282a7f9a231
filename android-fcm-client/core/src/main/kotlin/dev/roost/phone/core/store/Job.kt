package dev.roost.phone.core.store

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.wire.MmsContent

/**
 * [STORED] waits for the acknowledged acceptance, [READY] may go to the radio, [LOST] went back to the server.
 * [evidence]: how good it is; a row only ever moves to better evidence (protocol §10).
 */
enum class JobState(val evidence: Int = 0) {
    STORED,
    READY,
    HANDING_OFF(30),
    HANDED_OFF(30),
    LOST,
    RELEASED,
    UNKNOWN(40),
    EXPIRED(50),
    CANCELED(51),
    FAILED(60),
    SENT(70),
    UNDELIVERED(80),
    DELIVERED(90);

    val key: String = name.lowercase()

    companion object {
        val WAITING = setOf(STORED, READY)
        val ON_THE_RADIO = setOf(HANDING_OFF, HANDED_OFF)
        val HELD = WAITING + ON_THE_RADIO
        val GIVEN_BACK = setOf(LOST, RELEASED)

        private val byKey = values().associateBy { it.key }

        fun of(key: String): JobState = byKey.getValue(key)
    }
}

/** The outcome event, remembered so that it can be repeated. Holds no content. */
data class Outcome(val type: String, val data: Map<String, Any?>, val at: Stamp) {
    fun asJson(): Map<String, Any?> = mapOf("type" to type, "data" to data, "at" to at.asList())

    companion object {
        fun of(json: JsonObject) = Outcome(json.text("type"), json.obj("data").members, Stamp.of(json.list("at")))
    }
}

/**
 * One row. [text] of a USSD job is its code; [recipient], [text] and [mms] are null once the content was deleted.
 * Times: epoch ms, server time.
 */
data class Job(
    val received: Long,
    val jobId: String,
    val attempt: Long,
    val leaseEpoch: Long,
    val grant: String,
    val state: JobState,
    val kind: String,
    val recipient: String?,
    val text: String?,
    val mms: MmsContent?,
    val slot: Int?,
    val simId: String?,
    val priority: Long,
    val notBeforeMs: Long?,
    val notAfterMs: Long?,
    val leaseUntilMs: Long?,
    val deliveryReport: Boolean,
    val reportNow: Boolean,
    val segments: Int?,
    val waitedFor: String?,
    val handed: Stamp?,
    val times: Map<String, Stamp>,
    val outcome: Outcome?,
) {
    companion object {
        fun of(row: Row) =
            Job(
                received = row.long("received"),
                jobId = row.text("job_id"),
                attempt = row.long("attempt"),
                leaseEpoch = row.long("lease_epoch"),
                grant = row.text("lease_grant"),
                state = JobState.of(row.text("state")),
                kind = row.text("kind"),
                recipient = row.textOrNull("recipient"),
                text = row.textOrNull("text"),
                mms = row.textOrNull("mms")?.let { MmsContent(JsonObject.parse(it)) },
                slot = row.intOrNull("slot"),
                simId = row.textOrNull("sim_id"),
                priority = row.long("priority"),
                notBeforeMs = row.longOrNull("not_before_ms"),
                notAfterMs = row.longOrNull("not_after_ms"),
                leaseUntilMs = row.longOrNull("lease_until_ms"),
                deliveryReport = row.flag("delivery_report"),
                reportNow = row.flag("report_now"),
                segments = row.intOrNull("segments"),
                waitedFor = row.textOrNull("waited_for"),
                handed = row.textOrNull("handed_boot")?.let {
                    Stamp(it, row.long("handed_elapsed_ms"), row.long("handed_wall_ms"))
                },
                times = stamps(row.text("times")),
                outcome = row.textOrNull("outcome")?.let { Outcome.of(JsonObject.parse(it)) },
            )

        private fun stamps(json: String): Map<String, Stamp> =
            JsonObject.parse(json).let { times -> times.members.mapValues { (step, _) -> Stamp.of(times.list(step)) } }

        fun writeStamps(times: Map<String, Stamp>): String = Json.write(times.mapValues { it.value.asList() })
    }
}
