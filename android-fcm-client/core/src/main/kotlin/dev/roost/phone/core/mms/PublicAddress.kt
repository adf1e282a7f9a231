package dev.roost.phone.core.mms

import java.net.Inet4Address
import java.net.InetAddress

/** Whether an address is on the open Internet (IANA's special-purpose registries). In doubt it is not. */
fun isPublic(address: InetAddress): Boolean {
    val bytes = address.address
    return if (address is Inet4Address) isPublicV4(bytes) else isPublicV6(bytes)
}

private val SPECIAL_V4 =
    listOf(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
    ).map(::Network)

private val GLOBAL_V6 = Network("2000::/3")
private val SPECIAL_V6 = listOf("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20").map(::Network)

/** How a network without IPv4 writes the addresses of the rest of the world: the last four bytes are the address. */
private val NAT64 = Network("64:ff9b::/96")

private fun isPublicV4(bytes: ByteArray): Boolean = SPECIAL_V4.none { bytes in it }

private fun isPublicV6(bytes: ByteArray): Boolean {
    if (bytes in NAT64) return isPublicV4(bytes.copyOfRange(12, 16))
    return bytes in GLOBAL_V6 && SPECIAL_V6.none { bytes in it }
}

private class Network(text: String) {
    private val prefix = InetAddress.getByName(text.substringBefore('/')).address
    private val bits = text.substringAfter('/').toInt()

    operator fun contains(bytes: ByteArray): Boolean =
        bytes.size == prefix.size && (0 until bits).all { bit(bytes, it) == bit(prefix, it) }

    private fun bit(bytes: ByteArray, place: Int): Int = bytes[place / 8].toInt() shr (7 - place % 8) and 1
}
