package dev.roost.phone.android

import android.content.Context
import android.database.Cursor
import android.net.Uri
import android.provider.Telephony.Mms
import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.mms.InboundPart
import dev.roost.phone.core.time.SECOND
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream

/** The system's list of MMS, which the owner's messaging app fills. Empty without READ_SMS. */
class MmsProvider(private val context: Context, private val sims: Sims) {
    fun inbox(sinceWallMs: Long): List<InboundMms> {
        val where = "${Mms.DATE} >= ? AND ${Mms.MESSAGE_TYPE} = $RETRIEVED"
        val columns = arrayOf(Mms._ID, Mms.SUBJECT, Mms.SUBJECT_CHARSET, Mms.SUBSCRIPTION_ID)
        return read(Mms.Inbox.CONTENT_URI, columns, where, arrayOf("${sinceWallMs / SECOND}"), ::message)
    }

    /** null when the owner has deleted it. */
    fun part(handle: String): ByteArray? =
        try {
            context.contentResolver.openInputStream(Uri.withAppendedPath(PARTS, handle))?.use(::readPart)
        } catch (_: IOException) {
            null
        } catch (_: SecurityException) {
            null
        }

    private fun message(row: Cursor): InboundMms {
        val id = row.getLong(0)
        val parts = read(PARTS, arrayOf(PART_ID, TYPE, TEXT), "$MESSAGE = ?", arrayOf("$id")) { it.part() }
        val words = parts.filter { it.type == PLAIN }.joinToString("\n") { it.text ?: contentOf(it) }
        val files = parts.filter { it.type != PLAIN && it.type != SMIL }
        return InboundMms(
            providerId = id,
            sender = sender(id),
            subject = subject(row),
            text = words,
            simId = sims.simId(row.getInt(3)),
            parts = files.map { InboundPart(it.type, it.handle) },
        )
    }

    private class Part(val handle: String, val type: String, val text: String?)

    private fun Cursor.part() =
        Part("${getLong(0)}", getString(1).orEmpty().substringBefore(';').trim().lowercase(), getString(2))

    private fun contentOf(part: Part): String = part(part.handle)?.let { String(it) }.orEmpty()

    /** The provider keeps a subject byte for byte, as if each were a letter of Latin-1. */
    private fun subject(row: Cursor): String {
        val kept = row.getString(1).orEmpty()
        return if (row.getInt(2) == UTF_8) String(kept.toByteArray(Charsets.ISO_8859_1)) else kept
    }

    private fun sender(id: Long): String =
        read(Uri.parse("content://mms/$id/addr"), arrayOf(ADDRESS), "$ADDRESS_TYPE = $FROM", emptyArray()) { row ->
            row.getString(0).orEmpty()
        }.firstOrNull { it.isNotEmpty() && it != "insert-address-token" }
            ?: SmsProvider.UNKNOWN_SENDER

    private fun <T> read(
        uri: Uri, columns: Array<String>, where: String, args: Array<String>, each: (Cursor) -> T,
    ): List<T> =
        try {
            context.contentResolver.query(uri, columns, where, args, null)?.use { rows ->
                generateSequence { rows.takeIf { it.moveToNext() } }.map(each).toList()
            }.orEmpty()
        } catch (_: RuntimeException) {
            // No permission, or a vendor's own provider without a column: a list that cannot be read tells nothing.
            emptyList()
        }

    /** Of a file that is larger than any server takes, only so much that this can be seen. */
    private fun readPart(stream: InputStream): ByteArray {
        val out = ByteArrayOutputStream()
        val buffer = ByteArray(8_192)
        while (out.size() <= TOO_LARGE) {
            val read = stream.read(buffer)
            if (read < 0) break
            out.write(buffer, 0, read)
        }
        return out.toByteArray()
    }

    private companion object {
        val PARTS: Uri = Uri.parse("content://mms/part")
        const val PART_ID = "_id"
        const val MESSAGE = "mid"
        const val TYPE = "ct"
        const val TEXT = "text"
        const val ADDRESS = "address"
        const val ADDRESS_TYPE = "type"

        /** M-Retrieve.conf, the From header and UTF-8, by their numbers in OMA-TS-MMS_ENC and IANA's list. */
        const val RETRIEVED = 132
        const val FROM = 137
        const val UTF_8 = 106
        const val PLAIN = "text/plain"
        const val SMIL = "application/smil"
        const val TOO_LARGE = 5_000_000
    }
}
