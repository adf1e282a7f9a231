package dev.roost.phone.work

import android.content.Context
import java.io.File
import java.io.IOException
import java.text.DateFormat
import java.util.Date

/** The last lines of what the phone told; no texts, numbers masked. Kept over restarts, newest last. */
class OwnerLog(context: Context) {
    private val file = File(context.filesDir, "log.txt")
    private val lines = ArrayDeque<String>()

    init {
        if (file.exists()) lines.addAll(file.readLines().takeLast(MOST_LINES))
    }

    @Synchronized
    fun add(line: String) {
        val at = DateFormat.getDateTimeInstance(DateFormat.SHORT, DateFormat.MEDIUM).format(Date())
        lines.addLast("$at  $line")
        try {
            keep()
        } catch (_: IOException) {
            // A full disk is what the line may be about: it stands in memory, and the phone goes on.
        }
    }

    private fun keep() {
        if (lines.size > MOST_LINES) {
            repeat(MOST_LINES / 2) { lines.removeFirst() }
            file.writeText(lines.joinToString("") { "$it\n" })
        } else {
            file.appendText("${lines.last()}\n")
        }
    }

    @Synchronized
    fun text(): String = lines.joinToString("\n")

    private companion object {
        const val MOST_LINES = 400
    }
}
