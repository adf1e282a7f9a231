package dev.roost.phone.core.call

import java.net.URI
import java.net.URISyntaxException
import java.net.URLDecoder

/** Why pairing or leaving did not work; the screen has a sentence for each, saying what to do. */
enum class Trouble {
    NOT_A_LINK, LINK_CUT_SHORT, NO_ADDRESS, NOT_HTTPS,
    CODE_USED, CODE_EXPIRED, TOO_MANY_CODES, NOT_ROOST, REFUSED, UNREACHABLE,
    ASKED_TO_WAIT, REPORTS_WAITING, NOT_CONFIRMED, NO_BROWSER,
}

/** [detail]: the server's own word, if any. */
class PairingFailed(val trouble: Trouble, val detail: String = "") : Exception("$trouble $detail")

/**
 * What the QR code holds: `roost://pair?u=<address>&c=<code>`, or `eightms://pair?endpoint=...&token=...&label=...`.
 * Both schemes take either spelling. [host] is what the owner is asked about: another app could claim the scheme and
 * point elsewhere.
 */
data class PairingLink(val baseUrl: String, val code: String, val label: String?) {
    val host: String
        get() = URI(baseUrl).rawAuthority

    companion object {
        private val SCHEMES = setOf("roost", "eightms")

        /** Machines in the owner's own network, where `make run LAN=1` listens without a certificate. */
        private val PRIVATE =
            Regex("localhost|(127|10)(\\.\\d{1,3}){3}|(192\\.168|169\\.254|172\\.(1[6-9]|2\\d|3[01]))(\\.\\d{1,3}){2}")

        /** Throws [PairingFailed]. A code that goes over the open Internet in clear text would be anybody's. */
        fun parse(text: String): PairingLink {
            val link = uri(text.trim()) ?: throw PairingFailed(Trouble.NOT_A_LINK)
            if (link.scheme !in SCHEMES || link.rawAuthority != "pair") throw PairingFailed(Trouble.NOT_A_LINK)
            val values = values(link.rawQuery.orEmpty())
            val address = values["u"] ?: values["endpoint"]
            val code = values["c"] ?: values["token"]
            if (address.isNullOrEmpty() || code.isNullOrEmpty()) throw PairingFailed(Trouble.LINK_CUT_SHORT)
            return PairingLink(serverAddress(address), code, values["l"] ?: values["label"])
        }

        /** Without a slash at its end. Throws [PairingFailed] for what names no server, or one in clear text. */
        fun serverAddress(address: String): String {
            val server = uri(address)
            if (server?.host == null || server.scheme !in setOf("http", "https")) {
                throw PairingFailed(Trouble.NO_ADDRESS, address)
            }
            if (server.scheme == "http" && !PRIVATE.matches(server.host)) throw PairingFailed(Trouble.NOT_HTTPS)
            return address.trimEnd('/')
        }

        private fun uri(text: String): URI? =
            try {
                URI(text)
            } catch (_: URISyntaxException) {
                null
            }

        private fun values(query: String): Map<String, String> =
            query.split('&').filter { '=' in it }
                .groupBy({ it.substringBefore('=') }, { decoded(it.substringAfter('=')).trim() })
                .mapValues { (_, found) -> found.first() }

        private fun decoded(text: String): String =
            try {
                URLDecoder.decode(text, "UTF-8")
            } catch (_: IllegalArgumentException) {
                throw PairingFailed(Trouble.LINK_CUT_SHORT)
            }
    }
}
