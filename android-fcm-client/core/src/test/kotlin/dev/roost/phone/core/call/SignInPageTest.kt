package dev.roost.phone.core.call

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class SignInPageTest {
    @Test
    fun `an address as people type it leads to the page that signs in and comes back`() {
        val page = "https://roost.example.com/app/join?label=Redmi+8"
        for (typed in listOf("roost.example.com", " https://roost.example.com/ ", "https://roost.example.com")) {
            assertEquals(page, SignInPage.of(typed, "Redmi 8"))
        }
        assertEquals("https://a.example:8443/app/join?label=X%26y", SignInPage.of("a.example:8443", "X&y"))
    }

    @Test
    fun `nobody signs in over the Internet in clear text`() {
        val failed = assertFailsWith<PairingFailed> { SignInPage.of("http://roost.example.com", "x") }
        assertEquals(Trouble.NOT_HTTPS, failed.trouble)
        assertEquals("http://192.168.1.5:8787/app/join?label=x", SignInPage.of("http://192.168.1.5:8787", "x"))
    }

    @Test
    fun `a pairing link and other texts are no addresses`() {
        for (typed in listOf("roost://pair?u=https://a.example&c=1", "hello", "", "javascript:alert(1)", "file:///etc/hosts")) {
            assertEquals(null, SignInPage.of(typed, "x"))
        }
    }

    @Test
    fun `an address without a host is refused`() {
        assertEquals(Trouble.NO_ADDRESS, assertFailsWith<PairingFailed> { SignInPage.of("https://", "x") }.trouble)
    }
}
