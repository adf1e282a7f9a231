package dev.roost.phone.core.fakes

import dev.roost.phone.core.server.Seal

/** Not secret, but different from what went in; another [key] cannot open it. */
class MarkedSeal(private val key: String = "k") : Seal {
    override fun close(secret: String): String = "$key:${secret.reversed()}"

    override fun open(sealed: String): String? =
        if (sealed.startsWith("$key:")) sealed.substringAfter(':').reversed() else null
}
