package dev.roost.phone.core.store

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject

/** Everything that must outlive the process. Every change happens inside [transaction]. */
class Store(private val sql: Sql, newId: (String) -> String) {
    private var isOpen = false

    init {
        if (getText(STORE_ID) == null) transaction { put(STORE_ID, newId("st")) }
    }

    val storeId: String
        get() = checkNotNull(getText(STORE_ID))

    /** All or nothing, durable when it returns. An inner transaction joins the outer one. */
    fun <T> transaction(work: () -> T): T {
        if (isOpen) return work()
        sql.begin()
        isOpen = true
        try {
            val result = work()
            sql.commit()
            return result
        } catch (error: Throwable) {
            sql.rollback()
            throw error
        } finally {
            isOpen = false
        }
    }

    /** Rows changed. Outside a transaction it would be durable on its own, which hides a missing one. */
    fun change(statement: String, vararg args: Any?): Int {
        check(isOpen) { "a state change needs a transaction" }
        return sql.change(statement, args.asList())
    }

    fun rows(query: String, vararg args: Any?): List<Row> = sql.query(query, args.asList())

    fun row(query: String, vararg args: Any?): Row? = rows(query, *args).firstOrNull()

    fun count(query: String, vararg args: Any?): Long = row(query, *args)?.number() ?: 0

    fun get(key: String): Any? = row("SELECT value FROM kv WHERE key = ?", key)?.let { Json.parse(it.text("value")) }

    fun getText(key: String): String? = get(key) as String?

    fun getLong(key: String): Long? = get(key) as Long?

    fun getList(key: String): List<Any?>? = get(key) as List<Any?>?

    fun getObject(key: String): JsonObject? = get(key)?.let { JsonObject.asObject(it) }

    /** null forgets the key. */
    fun put(key: String, value: Any?) {
        if (value == null) {
            change("DELETE FROM kv WHERE key = ?", key)
        } else {
            change("INSERT OR REPLACE INTO kv (key, value) VALUES (?, ?)", key, Json.write(value))
        }
    }

    /** 1, 2, 3, ... per name and database, also over restarts. */
    fun nextNumber(name: String): Long {
        val number = (getLong(name) ?: 0) + 1
        put(name, number)
        return number
    }

    fun close() = sql.close()

    companion object {
        const val STORE_ID = "store_id"
    }
}
