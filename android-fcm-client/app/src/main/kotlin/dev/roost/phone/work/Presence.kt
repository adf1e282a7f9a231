package dev.roost.phone.work

import android.content.Context
import android.content.Intent
import dev.roost.phone.core.Status
import dev.roost.phone.core.server.Standing

/** Keeps the foreground service for as long as there is work, or always where no push can wake the phone. */
class Presence(private val context: Context) {
    private val notices = Notices(context)
    private var wasRefused = false
    private var wasNeeded: Boolean? = null

    fun update(status: Status) {
        val isUseful = status.held > 0 || (status.standing == Standing.ACTIVE && !status.hasPush)
        if (!isUseful) hide()
        val isRefused = isUseful && !show(context)
        // Once, since the job ends in an update, too; from then on alarms wake the phone for each thing that is due.
        if (isRefused && !wasRefused) PollJob.now(context)
        wasRefused = isRefused
        remind(needsOwner(status))
    }

    /** On a change only: each notice rings, and an update comes with every message. */
    private fun remind(isNeeded: Boolean) {
        if (isNeeded == wasNeeded) return
        wasNeeded = isNeeded
        if (isNeeded) notices.needsOwner() else notices.ownerNotNeeded()
    }

    /** Also the notice of a push that Android let start nothing. */
    private fun hide() {
        SendingService.stop()
        notices.notWorking()
    }

    private fun needsOwner(status: Status): Boolean =
        status.standing in WAITING_FOR_OWNER ||
            (status.standing == Standing.ACTIVE && (status.missing.isNotEmpty() || status.needsSimConfirmation))

    companion object {
        private val WAITING_FOR_OWNER =
            setOf(Standing.BAD_TOKEN, Standing.PAIR_AGAIN, Standing.REMOVED, Standing.UPGRADE_REQUIRED)

        /** A high-priority push allows it from the background. False where Android refuses it. */
        fun show(context: Context): Boolean =
            try {
                if (!SendingService.isShown) context.startForegroundService(Intent(context, SendingService::class.java))
                true
            } catch (_: IllegalStateException) {
                false
            }
    }
}
