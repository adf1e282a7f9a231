package dev.roost.phone.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.telephony.TelephonyManager
import dev.roost.phone.work.engine

/**
 * Ringing, then idle without having been taken, is a missed call. Android tells the state twice, with and without the
 * number; what rang is kept on disk, because the process may die between ringing and idle.
 */
class CallReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val memory = context.getSharedPreferences("call", Context.MODE_PRIVATE)
        when (intent.getStringExtra(TelephonyManager.EXTRA_STATE)) {
            TelephonyManager.EXTRA_STATE_RINGING -> {
                val number = number(intent) ?: memory.getString(RINGING, "")
                memory.edit().putString(RINGING, number).commit()
            }
            TelephonyManager.EXTRA_STATE_OFFHOOK -> memory.edit().remove(RINGING).commit()
            TelephonyManager.EXTRA_STATE_IDLE -> {
                val rang = memory.getString(RINGING, null) ?: return
                memory.edit().remove(RINGING).commit()
                context.engine.receive(goAsync()) { phone -> phone.missedCall(rang.ifEmpty { null }, null) }
            }
        }
    }

    /** Only with READ_CALL_LOG. */
    @Suppress("DEPRECATION")
    private fun number(intent: Intent): String? = intent.getStringExtra(TelephonyManager.EXTRA_INCOMING_NUMBER)

    private companion object {
        const val RINGING = "ringing"
    }
}
