package dev.roost.phone.core.call

import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull

class PairingLinkTest {
    @Test
    fun `both schemes are understood, each with either spelling of its parameters`() {
        for (scheme in listOf("roost", "eightms")) {
            val short = PairingLink.parse("$scheme://pair?u=https%3A%2F%2Fr.example&c=7QJ4&l=Drawer")
            val long = PairingLink.parse("$scheme://pair?endpoint=https://r.example&token=7QJ4&label=Drawer")
            assertEquals(PairingLink("https://r.example", "7QJ4", "Drawer"), short)
            assertEquals(short, long)
        }
    }

    @Test
    fun `a link without a label has none`() {
        assertNull(PairingLink.parse("roost://pair?u=https://r.example/&c=7QJ4").label)
    }

    @Test
    fun `the owner is asked about the host with its port`() {
        assertEquals("r.example:8443", PairingLink.parse("roost://pair?u=https://r.example:8443/base&c=x").host)
    }

    @Test
    fun `a name before the host that pretends to be the host is shown with it`() {
        assertEquals("your.bank@evil.example", PairingLink.parse("roost://pair?u=https://your.bank@evil.example&c=x").host)
    }

    @ParameterizedTest
    @CsvSource(
        "https://r.example/pair?u=https://r.example&c=x, NOT_A_LINK",
        "roost://other?u=https://r.example&c=x, NOT_A_LINK",
        "mailto:roost, NOT_A_LINK",
        "'', NOT_A_LINK",
        "'roost://pair?u=https://r example', NOT_A_LINK",
        "roost://pair, LINK_CUT_SHORT",
        "roost://pair?u=https://r.example, LINK_CUT_SHORT",
        "roost://pair?c=x, LINK_CUT_SHORT",
        "roost://pair?u=https://r.example&c=, LINK_CUT_SHORT",
        "roost://pair?u=ftp://r.example&c=x, NO_ADDRESS",
        "roost://pair?u=r.example&c=x, NO_ADDRESS",
        "roost://pair?u=http://r.example&c=x, NOT_HTTPS",
        "roost://pair?u=http://10.evil.example&c=x, NOT_HTTPS",
        "roost://pair?u=http://127.0.0.1.evil.example&c=x, NOT_HTTPS",
        "roost://pair?u=http://localhost.evil.example&c=x, NOT_HTTPS",
    )
    fun `a link that cannot be used says why`(text: String, trouble: Trouble) {
        assertEquals(trouble, assertFailsWith<PairingFailed> { PairingLink.parse(text) }.trouble)
    }

    @ParameterizedTest
    @ValueSource(strings = ["http://192.168.1.20:8787", "http://10.0.0.5", "http://172.20.1.1:80", "http://localhost:8787"])
    fun `without a certificate only machines of the owner's own network are called`(address: String) {
        assertEquals(address, PairingLink.parse("roost://pair?u=$address&c=x").baseUrl)
    }
}
