package dev.roost.phone.core.server

import java.io.IOException

/** [retryAfter]: the header as it came. [body] is UTF-8 text, empty for none. */
class HttpAnswer(val status: Int, val body: String, val retryAfter: String?)

/** One request with a JSON body. Never follows a redirect. Connect 10 s, read 20 s (protocol §2). */
fun interface Http {
    @Throws(IOException::class)
    fun request(method: String, url: String, headers: Map<String, String>, body: String): HttpAnswer
}
