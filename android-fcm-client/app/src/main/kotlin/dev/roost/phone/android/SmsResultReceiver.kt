package dev.roost.phone.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.telephony.SmsManager
import android.telephony.SmsMessage
import dev.roost.phone.core.mms.SendConfirmation
import dev.roost.phone.core.radio.DeliveryReport
import dev.roost.phone.core.radio.SentResult
import dev.roost.phone.work.engine

/** Sent and delivery intents; also hours after the process that asked for them died. */
class SmsResultReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val address = ResultAddress.parse(intent.dataString.orEmpty()) ?: return
        val code = refusalOf(intent) ?: resultCode
        context.engine.receive(goAsync()) { phone ->
            if (address.kind == ResultAddress.SENT) {
                phone.take(SentResult(address.jobId, address.attempt, address.part, code, errorCode(intent)))
                MmsFiles.drop(context, address.jobId, address.attempt)
            } else {
                val status = tpStatus(intent) ?: return@receive
                phone.take(DeliveryReport(address.jobId, address.attempt, address.part, status))
            }
        }
    }

    /** What the carrier said to an MMS; null for a yes, and for a text. */
    private fun refusalOf(intent: Intent): Int? =
        intent.getByteArrayExtra(SmsManager.EXTRA_MMS_DATA)?.let(SendConfirmation::statusOf)
            ?.takeIf { it != SendConfirmation.OK }

    /** The modem's own number, or the status that an MMS server answered with. */
    private fun errorCode(intent: Intent): Int? =
        listOf(ERROR_CODE, SmsManager.EXTRA_MMS_HTTP_STATUS).firstOrNull(intent::hasExtra)?.let { intent.getIntExtra(it, 0) }

    /** A delivery intent always says RESULT_OK; the truth is in its PDU. null for one that cannot be read. */
    private fun tpStatus(intent: Intent): Int? {
        val pdu = intent.getByteArrayExtra("pdu") ?: return null
        return SmsMessage.createFromPdu(pdu, intent.getStringExtra("format"))?.status
    }

    private companion object {
        const val ERROR_CODE = "errorCode"
    }
}
