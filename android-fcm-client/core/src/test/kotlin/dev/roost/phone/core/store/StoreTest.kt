package dev.roost.phone.core.store

import dev.roost.phone.core.fakes.JdbcSql
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

class StoreTest {
    @Test
    fun `a transaction that fails leaves nothing`(@TempDir folder: File) {
        val store = Store(JdbcSql(File(folder, "p.sqlite"))) { "${it}_1" }
        assertFailsWith<IllegalStateException> {
            store.transaction {
                store.put("a", 1)
                store.transaction { store.put("b", 2) }
                error("here")
            }
        }
        assertEquals(null to null, store.get("a") to store.get("b"))
    }

    @Test
    fun `a change outside a transaction is a mistake and says so`() {
        val store = Store(JdbcSql()) { "${it}_1" }
        assertFailsWith<IllegalStateException> { store.put("a", 1) }
    }

    @Test
    fun `a database keeps its name over restarts, and another one has another`(@TempDir folder: File) {
        val file = File(folder, "p.sqlite")
        val first = Store(JdbcSql(file)) { "${it}_first" }
        first.close()
        assertEquals("st_first", Store(JdbcSql(file)) { "${it}_second" }.storeId)
        file.delete()
        assertEquals("st_second", Store(JdbcSql(file)) { "${it}_second" }.storeId)
    }

    @Test
    fun `an update of the app keeps what the phone knows`(@TempDir folder: File) {
        val file = File(folder, "p.sqlite")
        val old = JdbcSql(file, Schema.statements.map { it.replace(" mms TEXT,", "") }.filter { "mms_in" !in it })
        Store(old) { "${it}_1" }.close()
        val sql = JdbcSql(file, emptyList())
        Schema.upgrades.getValue(3).forEach { sql.change(it, emptyList()) }
        val store = Store(sql) { "${it}_2" }
        assertEquals("st_1", store.storeId)
        assertEquals(0, store.count("SELECT count(*) FROM jobs WHERE mms IS NOT NULL"))
        assertEquals(0, store.count("SELECT count(*) FROM mms_in"))
    }

    /** Android 8 has SQLite 3.18; the library of these tests is newer and would take more. */
    @Test
    fun `the SQL uses nothing that SQLite 3_18 does not know`() {
        val newer = Regex(
            "ON CONFLICT|RETURNING|\\bOVER\\s*\\(|UPDATE \\w+ SET .* FROM|DROP COLUMN|RENAME COLUMN|IIF\\(|NULLS (FIRST|LAST)|" +
                "MATERIALIZED|GENERATED ALWAYS|STRICT\\b|FILTER \\(|->>|json_|TRUE\\b|FALSE\\b|VACUUM INTO",
        )
        val sources = File(System.getProperty("roost.core.sources", "core/src/main")).walk().filter { it.extension == "kt" }
        val statements = sources.flatMap { file -> SQL.findAll(file.readText()).map { it.value } }.toList()
        assertTrue(statements.size > 30, "the SQL was found: ${statements.size}")
        assertEquals(emptyList(), statements.filter { newer.containsMatchIn(it) })
    }

    private companion object {
        val SQL = Regex("\"+(SELECT|INSERT|UPDATE|DELETE|CREATE)\\b[^\"]*\"", RegexOption.DOT_MATCHES_ALL)
    }
}
