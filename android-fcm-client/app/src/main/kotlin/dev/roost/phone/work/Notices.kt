package dev.roost.phone.work

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import dev.roost.phone.R
import dev.roost.phone.screen.StatusActivity

/** What the owner sees while the phone works, and when it cannot go on without them. */
class Notices(private val context: Context) {
    private val notifications = context.getSystemService(NotificationManager::class.java)

    init {
        channel(QUIET, R.string.channel_working, NotificationManager.IMPORTANCE_LOW)
        channel(LOUD, R.string.channel_attention, NotificationManager.IMPORTANCE_DEFAULT)
    }

    private fun channel(id: String, name: Int, importance: Int) =
        notifications.createNotificationChannel(NotificationChannel(id, context.getString(name), importance))

    fun working(): Notification = built(QUIET, R.string.notice_working)

    /** Every high-priority push shows something, or Google lowers the priority of those that follow. */
    fun woken() = notifications.notify(WORKING, working())

    /** Leaves the notice of a running service alone: Android lets nobody cancel that. */
    fun notWorking() = notifications.cancel(WORKING)

    fun needsOwner() = notifications.notify(ATTENTION, built(LOUD, R.string.notice_attention))

    fun ownerNotNeeded() = notifications.cancel(ATTENTION)

    private fun built(channel: String, text: Int): Notification {
        val open = Intent(context, StatusActivity::class.java)
        return Notification.Builder(context, channel)
            .setSmallIcon(R.drawable.ic_notice)
            .setContentTitle(context.getString(R.string.app_name))
            .setContentText(context.getString(text))
            .setContentIntent(PendingIntent.getActivity(context, 0, open, PendingIntent.FLAG_IMMUTABLE))
            .build()
    }

    companion object {
        const val WORKING = 1
        const val ATTENTION = 2
        private const val QUIET = "working"
        private const val LOUD = "attention"
    }
}
