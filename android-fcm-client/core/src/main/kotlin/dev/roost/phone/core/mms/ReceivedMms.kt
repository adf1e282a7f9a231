package dev.roost.phone.core.mms

import dev.roost.phone.core.Gate
import dev.roost.phone.core.Tell
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.json.NotOurJson
import dev.roost.phone.core.masked
import dev.roost.phone.core.radio.Handset
import dev.roost.phone.core.radio.Permission
import dev.roost.phone.core.radio.Radio
import dev.roost.phone.core.server.Answered
import dev.roost.phone.core.server.Backoff
import dev.roost.phone.core.server.Refused
import dev.roost.phone.core.server.Server
import dev.roost.phone.core.server.Unreachable
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.Row
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.store.sha256Hex
import java.io.IOException

/** MMS that reach the phone: kept, then uploaded, then reported; a lost answer repeats the upload, not the event. */
class ReceivedMms(
    private val store: Store,
    private val outbox: Outbox,
    private val server: Server,
    private val media: MediaHttp,
    private val gate: Gate,
    private val handset: Handset,
    private val radio: Radio,
    private val backoff: Backoff,
    private val tell: Tell,
) {
    /** A file as the server is told of it; [place] in the MMS, so that a repeat names the same object. */
    private class Upload(val ref: String, val contentType: String, val content: ByteArray) {
        val described: Map<String, Any?> =
            mapOf("content_type" to contentType, "size" to content.size, "sha256" to sha256Hex(content))
    }

    /** In the receiver's transaction; true if it is new. The system's row number tells a repeat from another MMS. */
    fun keep(mms: InboundMms): Boolean {
        val isNew = store.change(
            "INSERT OR IGNORE INTO mms_in (provider_id, body) VALUES (?, ?)", mms.providerId, mms.written(),
        ) > 0
        if (isNew) tell("MMS received from ${masked(mms.sender)}")
        return isNew
    }

    /** null: there is none to upload, or none that may be read. */
    fun dueInMs(): Long? = if (handset.may(Permission.READ_SMS) && oldest() != null) backoff.waitMs() else null

    /** Ask where the files go, put them there, then report: an MMS is told once all of it is on the server. */
    fun uploadNext() {
        val row = oldest() ?: return
        val mms = InboundMms.read(row.long("provider_id"), row.text("body"))
        val uploads = uploadsOf(mms)
        if (uploads.isEmpty()) {
            report(mms, emptyList())
            return
        }
        val wanted = uploads.map { mapOf("ref" to it.ref) + it.described }
        when (val result = server.call("POST", PATH, mapOf("op" to "upload", "parts" to wanted))) {
            is Unreachable -> backoff.failed(result.retryAfterMs)
            is Refused -> refused(result, mms)
            is Answered -> put(mms, uploads, result)
        }
    }

    /** What the owner has deleted meanwhile, or the server would never take, is left out; the rest is told. */
    private fun uploadsOf(mms: InboundMms): List<Upload> =
        mms.parts.withIndex().filter { CONTENT_TYPE.matches(it.value.contentType) }.mapNotNull { (place, part) ->
            val content = radio.mmsPart(part.handle)?.takeIf { it.size <= MOST_PART_BYTES }
            content?.let { Upload("${store.storeId}/${mms.providerId}/$place", part.contentType, it) }
        }.take(MOST_PARTS)

    /** A refusal of these files is final: the words are told without them, and the next MMS is not held up. */
    private fun refused(refused: Refused, mms: InboundMms) {
        if (refused.status !in FINAL_REFUSALS) {
            backoff.failed(refused.retryAfterMs)
            return
        }
        tell("the server does not take the files of an MMS (${refused.code})")
        report(mms, emptyList())
    }

    private fun put(mms: InboundMms, uploads: List<Upload>, answer: Answered) {
        val places =
            try {
                answer.body?.objects("parts").orEmpty().associate { it.text("ref") to Place(it) }
            } catch (_: NotOurJson) {
                emptyMap()
            }
        val told = uploads.map { upload ->
            val place = places[upload.ref]
            if (place == null || !isPut(upload, place)) {
                backoff.failed(null)
                return
            }
            mapOf("media_id" to place.mediaId) + upload.described
        }
        report(mms, told)
    }

    private class Place(json: JsonObject) {
        val mediaId: String = json.text("media_id")
        val url: String = json.text("url")
        val headers: Map<String, String> =
            json.objOrNull("headers")?.members.orEmpty().mapValues { (_, value) -> value.toString() }
    }

    private fun isPut(upload: Upload, place: Place): Boolean =
        try {
            gate.outside { media.put(place.url, place.headers, upload.content) } in 200..299
        } catch (_: IOException) {
            false
        } catch (_: IllegalArgumentException) {
            false
        }

    /** The row stays without its content, as memory against a repeat. Told already, or not ours any more: no event. */
    private fun report(mms: InboundMms, parts: List<Map<String, Any?>>) {
        val data = mapOf(
            "from" to mms.sender, "subject" to mms.subject, "text" to mms.text, "sim_id" to mms.simId, "parts" to parts,
        )
        store.transaction {
            val isOpen = store.change(
                "UPDATE mms_in SET body = NULL WHERE provider_id = ? AND body IS NOT NULL", mms.providerId,
            ) > 0
            if (isOpen) outbox.add("mms.received", data)
        }
        backoff.succeeded()
    }

    /** Another server's phone now: what was not told yet is not told to it. */
    fun forgetUntold() {
        store.change("UPDATE mms_in SET body = NULL")
    }

    private fun oldest(): Row? =
        store.row("SELECT provider_id, body FROM mms_in WHERE body IS NOT NULL ORDER BY provider_id LIMIT 1")

    private companion object {
        const val PATH = "/phone/v1/media"

        /** What `POST /phone/v1/media` takes (`domain/attachments.py`). */
        const val MOST_PARTS = 20
        const val MOST_PART_BYTES = 5_000_000
        val CONTENT_TYPE = Regex("[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")
        val FINAL_REFUSALS = setOf(400, 404, 413, 422)
    }
}
