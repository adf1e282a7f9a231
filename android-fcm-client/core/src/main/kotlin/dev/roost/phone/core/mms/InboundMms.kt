package dev.roost.phone.core.mms

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject

/** [handle]: by which the system's store finds the content again. [contentType] in lower case without parameters. */
data class InboundPart(val contentType: String, val handle: String)

/** An MMS that the system has downloaded. [providerId] is its row there; the files stay there until they are uploaded. */
data class InboundMms(
    val providerId: Long,
    val sender: String,
    val subject: String,
    val text: String,
    val simId: String?,
    val parts: List<InboundPart>,
) {
    fun written(): String =
        Json.write(
            mapOf(
                "sender" to sender, "subject" to subject, "text" to text, "sim_id" to simId,
                "parts" to parts.map { mapOf("content_type" to it.contentType, "handle" to it.handle) },
            ),
        )

    companion object {
        fun read(providerId: Long, written: String): InboundMms {
            val json = JsonObject.parse(written)
            return InboundMms(
                providerId, json.text("sender"), json.text("subject"), json.text("text"), json.textOrNull("sim_id"),
                json.objects("parts").map { InboundPart(it.text("content_type"), it.text("handle")) },
            )
        }
    }
}
