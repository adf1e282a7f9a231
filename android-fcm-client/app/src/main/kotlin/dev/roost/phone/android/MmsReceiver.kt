package dev.roost.phone.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.provider.Telephony
import dev.roost.phone.work.engine

/** An MMS waits at the carrier. It is the owner's messaging app that downloads it; here somebody begins to look. */
class MmsReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action != Telephony.Sms.Intents.WAP_PUSH_RECEIVED_ACTION) return
        context.engine.receive(goAsync()) { it.mmsAnnounced() }
    }
}
