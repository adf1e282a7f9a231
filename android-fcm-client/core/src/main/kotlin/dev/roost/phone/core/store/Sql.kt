package dev.roost.phone.core.store

/**
 * The database as Android and a JVM test both have it. One connection; calls come one at a time.
 * Arguments are String, Int, Long, Boolean and null; a Boolean is stored as 0 or 1.
 */
interface Sql {
    /** Rows changed. */
    fun change(sql: String, args: List<Any?>): Int

    /** Integers come as Long. */
    fun query(sql: String, args: List<Any?>): List<Row>

    fun begin()

    /** Durable when it returns: `PRAGMA synchronous=FULL`. */
    fun commit()

    fun rollback()

    fun close()
}

class Row(private val values: Map<String, Any?>) {
    fun text(name: String): String = values[name] as String

    fun textOrNull(name: String): String? = values[name] as String?

    fun long(name: String): Long = values[name] as Long

    fun longOrNull(name: String): Long? = values[name] as Long?

    fun int(name: String): Int = long(name).toInt()

    fun intOrNull(name: String): Int? = longOrNull(name)?.toInt()

    fun flag(name: String): Boolean = long(name) != 0L

    /** The only column of a `count(*)` or `sum()`; 0 for NULL. */
    fun number(): Long = values.values.single() as Long? ?: 0
}
