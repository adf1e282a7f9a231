package dev.roost.phone.core.store

import java.security.MessageDigest

/** Lower-case hex of SHA-256 over the members, kept apart by a zero byte that none of them has. */
internal fun sha256Hex(vararg members: String): String =
    MessageDigest.getInstance("SHA-256")
        .digest(members.joinToString("\u0000").toByteArray())
        .joinToString("") { (it.toInt() and 0xff).toString(16).padStart(2, '0') }
