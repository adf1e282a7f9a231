package dev.roost.phone.core.server

import dev.roost.phone.core.Gate
import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.json.NotOurJson
import dev.roost.phone.core.time.SECOND
import java.io.IOException
import java.time.DateTimeException
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

sealed interface Exchanged

/** 2xx. [body] null for an empty one. */
class Answered(val body: JsonObject?, val roundTripMs: Long) : Exchanged

/** The server said no: [status], `error.code`, and how long it wants to be left alone. */
class Refused(
    val status: Int,
    val code: String,
    val message: String,
    val retryAfterMs: Long?,
    val eventsOk: Boolean,
) : Exchanged

/** No usable answer: network, TLS, time-out, a server error, or somebody else's page (captive portal). */
class Unreachable(val reason: String, val retryAfterMs: Long? = null) : Exchanged

/**
 * One HTTP request to the Roost server and what came of it (protocol §2 and §19). [elapsedMs] measures round trips;
 * [nowMs] is corrected time, for a `Retry-After` that is a date.
 */
class Exchange(
    private val http: Http,
    private val gate: Gate,
    private val elapsedMs: () -> Long,
    private val nowMs: () -> Long,
) {
    fun call(method: String, url: String, body: Map<String, Any?>, token: String? = null): Exchanged {
        val headers = LinkedHashMap<String, String>()
        headers["Roost-Protocol"] = "1"
        if (token != null) headers["Authorization"] = "Bearer $token"
        val text = Json.write(body)
        val started = elapsedMs()
        val answer =
            try {
                gate.outside { http.request(method, url, headers, text) }
            } catch (error: IOException) {
                return Unreachable(error.javaClass.simpleName)
            } catch (error: IllegalArgumentException) {
                return Unreachable(error.javaClass.simpleName)
            }
        return read(answer, elapsedMs() - started)
    }

    private fun read(answer: HttpAnswer, roundTripMs: Long): Exchanged {
        val retryAfter = retryAfterMs(answer.retryAfter)
        return when (answer.status) {
            NO_CONTENT -> Answered(null, roundTripMs)
            in 200..299 -> readSuccess(answer, roundTripMs)
            in 400..499 -> readRefusal(answer, retryAfter)
            in 500..599 -> Unreachable("server error ${answer.status}", retryAfter)
            else -> Unreachable("unexpected status ${answer.status}")
        }
    }

    private fun readSuccess(answer: HttpAnswer, roundTripMs: Long): Exchanged =
        try {
            Answered(JsonObject.parse(answer.body), roundTripMs)
        } catch (_: NotOurJson) {
            Unreachable("an answer that is not JSON; is there a captive portal?")
        }

    private fun readRefusal(answer: HttpAnswer, retryAfterMs: Long?): Refused =
        try {
            val body = JsonObject.parse(answer.body)
            val error = body.objOrNull("error")
            Refused(
                answer.status, error?.textOrNull("code") ?: UNKNOWN, error?.textOrNull("message").orEmpty(),
                retryAfterMs, body.flag("events_ok"),
            )
        } catch (_: NotOurJson) {
            Refused(answer.status, UNKNOWN, "", retryAfterMs, false)
        }

    /** Seconds or an HTTP date; an unreadable one counts as absent. */
    private fun retryAfterMs(header: String?): Long? {
        val text = header?.trim().orEmpty()
        text.toLongOrNull()?.let { return if (it < 0) null else it * SECOND }
        return try {
            val at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant().toEpochMilli()
            maxOf(0, at - nowMs())
        } catch (_: DateTimeException) {
            null
        }
    }

    private companion object {
        const val NO_CONTENT = 204
        const val UNKNOWN = "unknown"
    }
}
