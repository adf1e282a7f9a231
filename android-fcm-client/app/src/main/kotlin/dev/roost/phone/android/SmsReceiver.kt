package dev.roost.phone.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.provider.Telephony
import android.telephony.SmsMessage
import android.telephony.SubscriptionManager
import dev.roost.phone.core.radio.InboundSms
import dev.roost.phone.core.time.SECOND
import dev.roost.phone.work.engine

/** A text arrived: written down before Android is told that we are done. */
class SmsReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action != Telephony.Sms.Intents.SMS_RECEIVED_ACTION) return
        val parts = Telephony.Sms.Intents.getMessagesFromIntent(intent)?.filterNotNull().orEmpty()
        if (parts.isEmpty()) return
        context.engine.receive(goAsync()) { phone -> phone.take(joined(parts, Sims(context).simId(subscription(intent)))) }
    }

    private fun joined(parts: List<SmsMessage>, simId: String?) =
        InboundSms(
            providerId = null,
            sender = parts[0].originatingAddress?.ifEmpty { null } ?: SmsProvider.UNKNOWN_SENDER,
            text = parts.joinToString("") { it.messageBody.orEmpty() },
            simId = simId,
            smscMs = parts[0].timestampMillis / SECOND * SECOND,
            parts = parts.size,
        )

    /** Phones before Android 9 know only the first spelling. */
    private fun subscription(intent: Intent): Int =
        listOf("subscription", SubscriptionManager.EXTRA_SUBSCRIPTION_INDEX)
            .map { intent.getIntExtra(it, SubscriptionManager.INVALID_SUBSCRIPTION_ID) }
            .firstOrNull { it != SubscriptionManager.INVALID_SUBSCRIPTION_ID }
            ?: SubscriptionManager.INVALID_SUBSCRIPTION_ID
}
