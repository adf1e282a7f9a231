package dev.roost.phone.core.mms

import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class PublicAddressTest {
    @Test
    fun `addresses of private and special networks are not public`() {
        val special = listOf(
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
            "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fd00::1",
            "ff02::1", "2001:db8::1", "2002:7f00:1::", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
        )
        assertEquals(emptyList(), special.filter { isPublic(InetAddress.getByName(it)) })
    }

    @Test
    fun `addresses of the open Internet are, also as a network without IPv4 writes them`() {
        val open = listOf(
            "8.8.8.8", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8",
        )
        assertEquals(emptyList(), open.filterNot { isPublic(InetAddress.getByName(it)) })
    }

    @Test
    fun `not a byte goes to a server whose address is not public`() {
        ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")).use { server ->
            var heard = -2
            val listening = thread { heard = server.accept().use { it.getInputStream().read() } }
            assertFailsWith<IOException> { PlainMedia().fetch("https://127.0.0.1:${server.localPort}/x", 10) }
            listening.join(30_000)
            assertEquals(-1, heard)
        }
    }

    @Test
    fun `a file is not fetched in clear text`() {
        assertFailsWith<IOException> { PlainMedia { true }.fetch("http://127.0.0.1:1/x", 10) }
    }
}
