package dev.roost.phone.work

import android.app.ActivityManager
import android.app.ApplicationExitInfo
import android.content.Context
import android.os.Build
import dev.roost.phone.RoostApplication
import dev.roost.phone.core.Phone

/** Why Android ended the app the last time, in the log; a force stop also in the server's list of alerts. */
object ExitReasons {
    private const val TOLD_UNTIL = "told_until"

    fun tell(context: Context, phone: Phone) {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return
        val last = context.getSystemService(ActivityManager::class.java)
            .getHistoricalProcessExitReasons(null, 0, 1).firstOrNull() ?: return
        val memory = context.getSharedPreferences("exit", Context.MODE_PRIVATE)
        if (last.timestamp <= memory.getLong(TOLD_UNTIL, 0)) return
        memory.edit().putLong(TOLD_UNTIL, last.timestamp).apply()
        (context.applicationContext as RoostApplication).log.add("the app ended: ${nameOf(last.reason)}")
        if (last.reason == ApplicationExitInfo.REASON_USER_REQUESTED) phone.report("force_stopped", nameOf(last.reason))
    }

    private fun nameOf(reason: Int): String =
        when (reason) {
            ApplicationExitInfo.REASON_USER_REQUESTED -> "stopped by its owner"
            ApplicationExitInfo.REASON_LOW_MEMORY -> "memory was short"
            ApplicationExitInfo.REASON_CRASH, ApplicationExitInfo.REASON_CRASH_NATIVE -> "it crashed"
            ApplicationExitInfo.REASON_ANR -> "it did not answer in time"
            ApplicationExitInfo.REASON_EXCESSIVE_RESOURCE_USAGE -> "it used too much"
            ApplicationExitInfo.REASON_PERMISSION_CHANGE -> "a permission was changed"
            else -> "reason $reason"
        }
}
