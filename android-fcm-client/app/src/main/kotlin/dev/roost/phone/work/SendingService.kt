package dev.roost.phone.work

import android.app.Notification
import android.app.Service
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder

/** Holds the process while jobs are held; the work itself is the engine's. */
class SendingService : Service() {
    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        try {
            toForeground(Notices(this).working())
            shown = this
        } catch (_: IllegalStateException) {
            // Android 12 may refuse a service that it restarts by itself what it allowed when the app started it.
            stopSelf()
        }
        engine.poke()
        return START_STICKY
    }

    private fun toForeground(notification: Notification) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            startForeground(Notices.WORKING, notification, ServiceInfo.FOREGROUND_SERVICE_TYPE_REMOTE_MESSAGING)
        } else {
            startForeground(Notices.WORKING, notification)
        }
    }

    override fun onDestroy() {
        shown = null
    }

    companion object {
        @Volatile private var shown: SendingService? = null

        val isShown: Boolean
            get() = shown != null

        /** Only once it is shown: Android ends an app whose service stops between its start and its notification. */
        fun stop() {
            shown?.stopSelf()
        }
    }
}
