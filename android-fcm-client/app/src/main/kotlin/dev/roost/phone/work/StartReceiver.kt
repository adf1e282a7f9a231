package dev.roost.phone.work

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent

/** Boot and app update; and the charger, for which a running process registers it. Each is a reason to ask for jobs. */
class StartReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action !in REASONS) return
        PollJob.schedule(context)
        context.engine.receive(goAsync()) { it.wantClaim() }
    }

    private companion object {
        val REASONS =
            setOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED, Intent.ACTION_POWER_CONNECTED)
    }
}
