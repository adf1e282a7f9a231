package dev.roost.phone.core.fakes

import dev.roost.phone.core.store.Row
import dev.roost.phone.core.store.Schema
import dev.roost.phone.core.store.Sql
import java.io.File
import java.sql.Connection
import java.sql.DriverManager
import java.sql.PreparedStatement

/** The phone's database on SQLite's JDBC driver, opened as the app opens it. [file] null: in memory. */
class JdbcSql(file: File? = null, tables: List<String> = Schema.statements) : Sql {
    private val connection: Connection = DriverManager.getConnection("jdbc:sqlite:${file?.path ?: ":memory:"}")

    init {
        for (pragma in listOf("journal_mode=TRUNCATE", "synchronous=FULL", "secure_delete=ON")) exec("PRAGMA $pragma")
        tables.forEach(::exec)
        exec("PRAGMA user_version=${Schema.VERSION}")
    }

    private fun exec(sql: String) {
        connection.createStatement().use { it.execute(sql) }
    }

    override fun change(sql: String, args: List<Any?>): Int = prepared(sql, args) { it.executeUpdate() }

    override fun query(sql: String, args: List<Any?>): List<Row> =
        prepared(sql, args) { statement ->
            val found = statement.executeQuery()
            val names = (1..found.metaData.columnCount).map { found.metaData.getColumnLabel(it) }
            val rows = ArrayList<Row>()
            while (found.next()) rows.add(Row(names.associateWith { plain(found.getObject(it)) }))
            rows
        }

    private fun plain(value: Any?): Any? = if (value is Int) value.toLong() else value

    private fun <T> prepared(sql: String, args: List<Any?>, use: (PreparedStatement) -> T): T =
        connection.prepareStatement(sql).use { statement ->
            args.forEachIndexed { index, arg ->
                statement.setObject(index + 1, if (arg is Boolean) (if (arg) 1L else 0L) else arg)
            }
            use(statement)
        }

    override fun begin() = exec("BEGIN IMMEDIATE")

    override fun commit() = exec("COMMIT")

    override fun rollback() = exec("ROLLBACK")

    override fun close() = connection.close()
}
