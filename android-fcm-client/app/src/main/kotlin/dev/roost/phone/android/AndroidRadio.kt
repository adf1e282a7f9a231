package dev.roost.phone.android

import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.telephony.SmsManager
import android.telephony.TelephonyManager
import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.mms.SendRequest
import dev.roost.phone.core.radio.InboundSms
import dev.roost.phone.core.radio.MmsOrder
import dev.roost.phone.core.radio.OwnError
import dev.roost.phone.core.radio.Radio
import dev.roost.phone.core.radio.RadioRefused
import dev.roost.phone.core.radio.SendOrder
import dev.roost.phone.core.radio.SentBoxStatus
import dev.roost.phone.core.radio.UssdResult
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.Stamp
import java.io.IOException

/** [ussdAnswered] takes the network's answer on the main thread. */
class AndroidRadio(
    private val context: Context,
    private val sims: Sims,
    clock: Clock,
    private val ussdAnswered: (UssdResult) -> Unit,
) : Radio {
    private val provider = SmsProvider(context, sims, clock)
    private val mms = MmsProvider(context, sims)

    /** As [send] divides it, so that each part has a row. A SIM that is gone is refused in a moment. */
    override fun divide(text: String, simId: String): Int =
        sims.subscriptionId(simId)?.let { maxOf(1, smsOf(it).divideMessage(text).size) } ?: 1

    override fun send(order: SendOrder) = refusing {
        val subscription = sims.subscriptionId(order.simId) ?: throw RadioRefused(OwnError.SIM_NOT_PRESENT)
        val sms = smsOf(subscription)
        val parts = sms.divideMessage(order.text)
        val sent = intents(order, parts.size, ResultAddress.SENT)
        val delivered = if (order.wantsReport) intents(order, parts.size, ResultAddress.DELIVERED) else null
        sms.sendMultipartTextMessage(order.recipient, null, parts, sent, delivered)
    }

    override fun sendMms(order: MmsOrder) = refusing {
        val subscription = sims.subscriptionId(order.simId) ?: throw RadioRefused(OwnError.SIM_NOT_PRESENT)
        val encoded = SendRequest(order.jobId, order.recipient, order.text, order.files).encoded()
        val file = MmsFiles.keep(context, order.jobId, order.attempt, encoded)
        val sent = intent(ResultAddress(order.jobId, order.attempt, 1, ResultAddress.SENT))
        smsOf(subscription).sendMultimediaMessage(context, file, null, null, sent)
    }

    /** All are thrown before Android passes anything to the modem. A file that cannot be kept is not on the phone. */
    private fun refusing(ask: () -> Unit) {
        try {
            ask()
        } catch (_: IOException) {
            throw RadioRefused(OwnError.MEDIA_FETCH_FAILED)
        } catch (_: SecurityException) {
            throw RadioRefused(OwnError.PERMISSION_MISSING)
        } catch (_: IllegalArgumentException) {
            throw RadioRefused(OwnError.BAD_ADDRESS)
        } catch (_: UnsupportedOperationException) {
            // So says SmsManager while the system's telephony process is away.
            throw RadioRefused(OwnError.RADIO_NOT_AVAILABLE)
        }
    }

    /**
     * One per part and kind. Addressed to our receiver by name, so that results arrive in another process too; mutable,
     * because the system adds `errorCode` and the delivery PDU; told apart by their data URI, which counts for equality.
     * Not for one shot: a carrier may say that it is still trying before it says how that ended.
     */
    private fun intents(order: SendOrder, parts: Int, kind: String): ArrayList<PendingIntent> =
        (1..parts).mapTo(ArrayList()) { part -> intent(ResultAddress(order.jobId, order.attempt, part, kind)) }

    private fun intent(address: ResultAddress): PendingIntent {
        val intent = Intent(context, SmsResultReceiver::class.java).setData(Uri.parse(address.uri))
        return PendingIntent.getBroadcast(context, 0, intent, MUTABLE)
    }

    override fun ussd(jobId: String, attempt: Long, slot: Int, code: String) = refusing {
        val subscription = sims.subscriptionIdIn(slot) ?: throw RadioRefused(OwnError.SIM_NOT_PRESENT)
        val telephony = context.getSystemService(TelephonyManager::class.java).createForSubscriptionId(subscription)
        val answer = object : TelephonyManager.UssdResponseCallback() {
            override fun onReceiveUssdResponse(manager: TelephonyManager, request: String, response: CharSequence) =
                ussdAnswered(UssdResult(jobId, attempt, response.toString(), null))

            override fun onReceiveUssdResponseFailed(manager: TelephonyManager, request: String, failureCode: Int) =
                ussdAnswered(UssdResult(jobId, attempt, null, failureCode))
        }
        telephony.sendUssdRequest(code, answer, Handler(Looper.getMainLooper()))
    }

    override fun sentBox(recipient: String, text: String, handed: Stamp): SentBoxStatus? =
        provider.sentBox(recipient, text, handed)

    override fun inbox(sinceWallMs: Long): List<InboundSms> = provider.inbox(sinceWallMs)

    override fun mmsInbox(sinceWallMs: Long): List<InboundMms> = mms.inbox(sinceWallMs)

    override fun mmsPart(handle: String): ByteArray? = mms.part(handle)

    /** Never the default manager for sending: with two SIMs and no default it shows a dialog to nobody. */
    @Suppress("DEPRECATION")
    private fun smsOf(subscription: Int): SmsManager =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            context.getSystemService(SmsManager::class.java).createForSubscriptionId(subscription)
        } else {
            SmsManager.getSmsManagerForSubscriptionId(subscription)
        }

    private companion object {
        /** Before Android 12 an intent was mutable unless it said otherwise. */
        val MUTABLE = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) PendingIntent.FLAG_MUTABLE else 0
    }
}
