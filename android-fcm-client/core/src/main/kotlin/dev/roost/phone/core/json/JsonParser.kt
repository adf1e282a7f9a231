package dev.roost.phone.core.json

/** RFC 8259. Nesting is limited, so that a hostile answer cannot end the process. */
internal class JsonParser(private val text: String) {
    private var at = 0
    private var depth = 0

    fun whole(): Any? {
        val value = value()
        skipSpace()
        if (at != text.length) throw wrong("something after the end")
        return value
    }

    private fun value(): Any? {
        skipSpace()
        return when (peek()) {
            '{' -> nested(::members)
            '[' -> nested(::items)
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
    }

    private fun <T> nested(read: () -> T): T {
        if (++depth > DEEPEST) throw wrong("nested too deeply")
        at++
        return read().also { depth-- }
    }

    private fun members(): Map<String, Any?> {
        val found = LinkedHashMap<String, Any?>()
        skipSpace()
        if (took('}')) return found
        do {
            skipSpace()
            val name = string()
            skipSpace()
            expect(':')
            found[name] = value()
            skipSpace()
        } while (took(','))
        expect('}')
        return found
    }

    private fun items(): List<Any?> {
        val found = ArrayList<Any?>()
        skipSpace()
        if (took(']')) return found
        do {
            found.add(value())
            skipSpace()
        } while (took(','))
        expect(']')
        return found
    }

    private fun string(): String {
        expect('"')
        val out = StringBuilder()
        while (true) {
            when (val char = next()) {
                '"' -> return out.toString()
                '\\' -> out.append(escaped())
                else -> if (char < ' ') throw wrong("a bare control character") else out.append(char)
            }
        }
    }

    private fun escaped(): Char =
        when (val char = next()) {
            '"', '\\', '/' -> char
            'b' -> '\b'
            'f' -> '\u000c'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'u' -> hex()
            else -> throw wrong("an unknown escape")
        }

    private fun hex(): Char {
        if (at + 4 > text.length) throw wrong("the end inside an escape")
        val digits = text.substring(at, at + 4)
        at += 4
        if (!digits.all { it in '0'..'9' || it in 'a'..'f' || it in 'A'..'F' }) throw wrong("an unknown escape")
        return digits.toInt(16).toChar()
    }

    private fun number(): Any {
        val found = NUMBER.find(text, at)?.takeIf { it.range.first == at } ?: throw wrong("no value")
        at = found.range.last + 1
        return found.value.toLongOrNull() ?: found.value.toDouble()
    }

    private fun word(word: String, value: Any?): Any? {
        if (!text.startsWith(word, at)) throw wrong("no value")
        at += word.length
        return value
    }

    private fun skipSpace() {
        while (at < text.length && text[at] in " \t\r\n") at++
    }

    private fun peek(): Char = if (at < text.length) text[at] else throw wrong("the end")

    private fun next(): Char = peek().also { at++ }

    private fun took(char: Char): Boolean {
        if (at >= text.length || text[at] != char) return false
        at++
        return true
    }

    private fun expect(char: Char) {
        if (!took(char)) throw wrong("no '$char'")
    }

    private fun wrong(what: String) = NotOurJson("$what at character $at")

    private companion object {
        const val DEEPEST = 50
        val NUMBER = Regex("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")
    }
}
