package dev.roost.phone.android

import android.content.Context
import android.database.Cursor
import android.net.Uri
import android.provider.Telephony.Sms
import android.telephony.PhoneNumberUtils
import dev.roost.phone.core.radio.InboundSms
import dev.roost.phone.core.radio.SentBoxStatus
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.MINUTE
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.likelyAgeMs

/** The system's own lists of texts. Both are empty without READ_SMS, and where the vendor keeps them elsewhere. */
class SmsProvider(private val context: Context, private val sims: Sims, private val clock: Clock) {
    /** Found by text and time; the number may be spelled in another way. */
    fun sentBox(recipient: String, text: String, handed: Stamp): SentBoxStatus? {
        val at = clock.wallMs() - clock.likelyAgeMs(handed)
        val where = "${Sms.BODY} = ? AND ${Sms.DATE} BETWEEN ? AND ? AND ${Sms.TYPE} != ${Sms.MESSAGE_TYPE_INBOX}"
        val args = arrayOf(text, "${at - 5 * SECOND}", "${at + MINUTE}")
        return read(Sms.CONTENT_URI, where, args) { row ->
            val isSame = PhoneNumberUtils.compare(context, row.text(Sms.ADDRESS), recipient)
            if (isSame) STATUS_BY_TYPE[row.number(Sms.TYPE).toInt()] else null
        }.firstOrNull()
    }

    /** Without the carrier's stamp, which some vendors do not keep, nobody could tell a row from what was reported. */
    fun inbox(sinceWallMs: Long): List<InboundSms> =
        read(Sms.Inbox.CONTENT_URI, "${Sms.DATE} >= ? AND ${Sms.DATE_SENT} > 0", arrayOf("$sinceWallMs")) { row ->
            InboundSms(
                providerId = row.number(Sms._ID),
                sender = row.text(Sms.ADDRESS).ifEmpty { UNKNOWN_SENDER },
                text = row.text(Sms.BODY),
                simId = sims.simId(row.number(Sms.SUBSCRIPTION_ID).toInt()),
                smscMs = row.number(Sms.DATE_SENT) / SECOND * SECOND,
            )
        }

    private fun <T> read(uri: Uri, where: String, args: Array<String>, each: (Cursor) -> T?): List<T> =
        try {
            context.contentResolver.query(uri, COLUMNS, where, args, "${Sms.DATE} ASC")?.use { rows ->
                generateSequence { rows.takeIf { it.moveToNext() } }.mapNotNull(each).toList()
            }.orEmpty()
        } catch (_: RuntimeException) {
            // No permission, or a vendor's own provider without a column: a list that cannot be read tells nothing.
            emptyList()
        }

    private fun Cursor.text(column: String): String = getString(getColumnIndexOrThrow(column)).orEmpty()

    private fun Cursor.number(column: String): Long = getLong(getColumnIndexOrThrow(column))

    companion object {
        const val UNKNOWN_SENDER = "unknown"

        private val COLUMNS =
            arrayOf(Sms._ID, Sms.ADDRESS, Sms.BODY, Sms.DATE, Sms.DATE_SENT, Sms.TYPE, Sms.SUBSCRIPTION_ID)
        private val STATUS_BY_TYPE =
            mapOf(
                Sms.MESSAGE_TYPE_SENT to SentBoxStatus.SENT,
                Sms.MESSAGE_TYPE_FAILED to SentBoxStatus.FAILED,
                Sms.MESSAGE_TYPE_OUTBOX to SentBoxStatus.QUEUED,
                Sms.MESSAGE_TYPE_QUEUED to SentBoxStatus.QUEUED,
            )
    }
}
