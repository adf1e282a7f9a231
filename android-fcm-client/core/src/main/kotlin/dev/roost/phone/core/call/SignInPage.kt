package dev.roost.phone.core.call

import java.net.URLEncoder

/**
 * Joining by signing in: whoever signed in on this page of their own server is led back into the app with a pairing link
 * of their account. The app never sees a password or a sign-in link.
 */
object SignInPage {
    private const val PATH = "/app/join"
    private const val LONGEST_NAME = 80
    private val HOST = Regex("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+(:\\d{1,5})?|localhost(:\\d{1,5})?")

    /**
     * For a server's address as somebody types it, with or without https; null for anything else, as a pairing link is.
     * [phoneName]: what the phone is to be called. Throws [PairingFailed] for an address that must not be used.
     */
    fun of(typed: String, phoneName: String): String? {
        val text = typed.trim()
        val address = if (HOST.matches(text.trimEnd('/'))) "https://$text" else text
        if (!address.startsWith("https://") && !address.startsWith("http://")) return null
        val label = URLEncoder.encode(phoneName.take(LONGEST_NAME), "UTF-8")
        return "${PairingLink.serverAddress(address)}$PATH?label=$label"
    }
}
