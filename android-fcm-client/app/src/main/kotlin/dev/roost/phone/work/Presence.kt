package dev.roost.phone.work

import android.content.Context
import android.content.Intent
import dev.roost.phone.core.Status
import dev.roost.phone.core.server.Standing

/** Keeps the foreground service for as long as there is work, or always where no push can wake the phone. */
class Presence(private val context: Context) {
    private val notices = Notices(context)

    fun update(status: Status) {
        val isUseful = status.held > 0 || (status.standing == Standing.ACTIVE && !status.hasPush)
        if (isUseful) show(context) else SendingService.stop()
        if (needsOwner(status)) notices.needsOwner() else notices.ownerNotNeeded()
    }

    private fun needsOwner(status: Status): Boolean =
        status.standing in WAITING_FOR_OWNER ||
            (status.standing == Standing.ACTIVE && (status.missing.isNotEmpty() || status.needsSimConfirmation))

    companion object {
        private val WAITING_FOR_OWNER =
            setOf(Standing.BAD_TOKEN, Standing.PAIR_AGAIN, Standing.REMOVED, Standing.UPGRADE_REQUIRED)

        /** A high-priority push allows it from the background; where Android refuses, an expedited job does the work. */
        fun show(context: Context) {
            if (SendingService.isShown) return
            try {
                context.startForegroundService(Intent(context, SendingService::class.java))
            } catch (_: IllegalStateException) {
                PollJob.now(context)
            }
        }
    }
}
