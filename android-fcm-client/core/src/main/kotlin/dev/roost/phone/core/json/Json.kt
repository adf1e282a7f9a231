package dev.roost.phone.core.json

/** The text is not the JSON that was expected: cut off, somebody else's page, or a member of another type. */
class NotOurJson(message: String) : Exception(message)

/**
 * A JSON object as it was read. Values are String, Long, Double, Boolean, null, List and Map.
 * The getters throw [NotOurJson] when a member is missing or of another type; null counts as missing.
 */
class JsonObject(val members: Map<String, Any?>) {
    fun text(name: String): String = textOrNull(name) ?: throw missing(name)

    fun textOrNull(name: String): String? = typed(name)

    fun long(name: String): Long = longOrNull(name) ?: throw missing(name)

    fun longOrNull(name: String): Long? =
        when (val value = members[name]) {
            is Double -> value.toLong()
            else -> typed(name)
        }

    fun double(name: String, usual: Double): Double =
        when (val value = members[name]) {
            is Long -> value.toDouble()
            else -> typed(name) ?: usual
        }

    fun flag(name: String): Boolean = typed(name) ?: false

    fun obj(name: String): JsonObject = objOrNull(name) ?: throw missing(name)

    fun objOrNull(name: String): JsonObject? = typed<Map<String, Any?>>(name)?.let(::JsonObject)

    fun list(name: String): List<Any?> = listOrNull(name) ?: throw missing(name)

    fun listOrNull(name: String): List<Any?>? = typed(name)

    fun texts(name: String): List<String> = list(name).map { it as? String ?: throw NotOurJson("$name holds no texts") }

    /** Absent is the same as empty. */
    fun objects(name: String): List<JsonObject> = listOrNull(name).orEmpty().map { asObject(it) }

    private inline fun <reified T> typed(name: String): T? {
        val value = members[name] ?: return null
        return value as? T ?: throw NotOurJson("$name has another type")
    }

    private fun missing(name: String) = NotOurJson("$name is missing")

    companion object {
        @Suppress("UNCHECKED_CAST")
        fun asObject(value: Any?): JsonObject =
            JsonObject(value as? Map<String, Any?> ?: throw NotOurJson("an object was expected"))

        fun parse(text: String): JsonObject = asObject(Json.parse(text))
    }
}

object Json {
    fun parse(text: String): Any? = JsonParser(text).whole()

    /** Takes what [parse] gives, and Int. Other types are a mistake of the caller. */
    fun write(value: Any?): String = StringBuilder().also { append(it, value) }.toString()

    private fun append(out: StringBuilder, value: Any?) {
        when (value) {
            null -> out.append("null")
            is String -> quote(out, value)
            is Boolean, is Int, is Long, is Double -> out.append(value.toString())
            is JsonObject -> append(out, value.members)
            is Map<*, *> -> appendAll(out, '{', '}', value.entries) { (name, member) ->
                quote(out, name as String)
                out.append(':')
                append(out, member)
            }
            is Collection<*> -> appendAll(out, '[', ']', value) { append(out, it) }
            else -> throw IllegalArgumentException("no JSON for ${value.javaClass}")
        }
    }

    private fun <T> appendAll(out: StringBuilder, open: Char, close: Char, items: Collection<T>, each: (T) -> Unit) {
        out.append(open)
        items.forEachIndexed { index, item ->
            if (index > 0) out.append(',')
            each(item)
        }
        out.append(close)
    }

    /** Halves of surrogate pairs, which some keyboards produce, are escaped: no UTF-8 could carry them. */
    private fun quote(out: StringBuilder, text: String) {
        out.append('"')
        for ((index, char) in text.withIndex()) {
            when {
                char == '"' || char == '\\' -> out.append('\\').append(char)
                char < ' ' || isHalf(text, index) -> out.append("\\u").append(char.code.toString(16).padStart(4, '0'))
                else -> out.append(char)
            }
        }
        out.append('"')
    }

    private fun isHalf(text: String, index: Int): Boolean {
        val char = text[index]
        if (char.isHighSurrogate()) return index + 1 >= text.length || !text[index + 1].isLowSurrogate()
        return char.isLowSurrogate() && (index == 0 || !text[index - 1].isHighSurrogate())
    }
}
