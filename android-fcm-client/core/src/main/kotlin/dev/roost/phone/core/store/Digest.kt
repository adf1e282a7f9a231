package dev.roost.phone.core.store

import java.security.MessageDigest

/** Lower-case hex of SHA-256 over the members, kept apart by a zero byte that none of them has. */
internal fun sha256Hex(vararg members: String): String = sha256Hex(members.joinToString("\u0000").toByteArray())

internal fun sha256Hex(content: ByteArray): String =
    MessageDigest.getInstance("SHA-256")
        .digest(content)
        .joinToString("") { (it.toInt() and 0xff).toString(16).padStart(2, '0') }
