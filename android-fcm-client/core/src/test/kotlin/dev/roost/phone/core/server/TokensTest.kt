package dev.roost.phone.core.server

import dev.roost.phone.core.fakes.FakeWorld
import dev.roost.phone.core.fakes.JdbcSql
import dev.roost.phone.core.fakes.MarkedSeal
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFalse

class TokensTest {
    private val world = FakeWorld()

    private fun lastTokens(count: Int) = world.server.seen.takeLast(count).map { it.token }

    @Test
    fun `a next token is used for the next call, and becomes the only one when it worked`() {
        world.server.more = mapOf("next_token" to "rpt_second")
        world.run(5)
        world.server.more = emptyMap()
        world.phone.wantClaim()
        world.run(5)
        world.phone.wantClaim()
        world.run(5)
        assertEquals(listOf("rpt_second", "rpt_second"), lastTokens(2))
    }

    @Test
    fun `a refused next token falls back to the current one`() {
        world.server.more = mapOf("next_token" to "rpt_second")
        world.run(5)
        world.server.more = emptyMap()
        world.server.fail = { if (it.token == "rpt_second") HttpAnswer(401, "", null) else null }
        world.phone.wantClaim()
        world.run(5)
        assertEquals(listOf("rpt_second", "rpt_first"), lastTokens(2))
        assertEquals(Standing.ACTIVE, world.phone.standing)
    }

    @Test
    fun `with both refused nothing is sent, nothing is lost, and the phone asks hourly`() {
        world.run(5)
        world.server.fail = { HttpAnswer(401, """{"error":{"code":"bad_token"}}""", null) }
        world.phone.wantClaim()
        world.run(5)
        assertEquals(Standing.BAD_TOKEN, world.phone.standing)
        val calls = world.server.seen.size
        world.run(3 * 3_600)
        assertEquals(3, world.server.seen.size - calls)
        world.server.fail = { null }
        world.run(3_600)
        assertEquals(Standing.ACTIVE, world.phone.standing)
    }

    @Test
    fun `the token is nowhere in the database as it is`(@TempDir folder: File) {
        val file = File(folder, "p.sqlite")
        FakeWorld(JdbcSql(file)).phone.close()
        assertFalse("rpt_first" in file.readText(Charsets.ISO_8859_1))
    }

    @Test
    fun `a copied data folder is of no use on another phone`(@TempDir folder: File) {
        val file = File(folder, "p.sqlite")
        FakeWorld(JdbcSql(file)).phone.close()
        val thief = FakeWorld(JdbcSql(file), MarkedSeal("another phone's key"), isPaired = false)
        thief.run(3_600)
        assertEquals(0, thief.server.seen.size)
    }
}
