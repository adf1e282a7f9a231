package dev.roost.phone.screen

import android.Manifest
import android.annotation.SuppressLint
import android.app.NotificationManager
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.ConnectivityManager
import android.net.Uri
import android.os.Build
import android.os.PowerManager
import android.provider.Settings
import dev.roost.phone.R

/** How something is put right: a dialog that asks for permissions, or a page of the settings. */
sealed interface Fix

class Ask(val permissions: List<String>) : Fix

class Open(val page: Intent) : Fix

/** One thing a sender needs. [isRight] is looked at each time the list is shown. */
class Check(val name: Int, val why: Int, val fix: Fix, val isRight: () -> Boolean)

class Checks(private val context: Context) {
    private val own = Uri.fromParts("package", context.packageName, null)

    /** App info: also where Android 15 hides "Allow restricted settings". */
    val appInfo = Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, own)

    fun all(): List<Check> =
        listOf(
            permissions(R.string.check_sms, R.string.check_sms_why, SMS),
            permissions(R.string.check_phone, R.string.check_phone_why, PHONE),
            permissions(R.string.check_calls, R.string.check_calls_why, CALLS),
            notifications(),
            Check(R.string.check_battery, R.string.check_battery_why, Open(batteryPage()), ::isUnrestricted),
            Check(R.string.check_unused, R.string.check_unused_why, Open(appInfo), ::isExempt),
            Check(R.string.check_data, R.string.check_data_why, Open(dataPage()), ::hasBackgroundData),
        )

    private fun permissions(name: Int, why: Int, wanted: List<String>) =
        Check(name, why, Ask(wanted)) { wanted.all(::isGranted) }

    private fun notifications(): Check {
        val fix =
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) Ask(listOf(NOTIFICATIONS))
            else Open(Intent(Settings.ACTION_APP_NOTIFICATION_SETTINGS).putExtra(Settings.EXTRA_APP_PACKAGE, context.packageName))
        return Check(R.string.check_notifications, R.string.check_notifications_why, fix) {
            context.getSystemService(NotificationManager::class.java).areNotificationsEnabled()
        }
    }

    private fun isGranted(permission: String): Boolean =
        context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    private fun isUnrestricted(): Boolean =
        context.getSystemService(PowerManager::class.java).isIgnoringBatteryOptimizations(context.packageName)

    /** This app never comes to Google Play, whose rules are about this page. */
    @SuppressLint("BatteryLife")
    private fun batteryPage() = Intent(Settings.ACTION_REQUEST_IGNORE_BATTERY_OPTIMIZATIONS, own)

    private fun isExempt(): Boolean =
        Build.VERSION.SDK_INT < Build.VERSION_CODES.R || context.packageManager.isAutoRevokeWhitelisted

    private fun dataPage() = Intent(Settings.ACTION_IGNORE_BACKGROUND_DATA_RESTRICTIONS_SETTINGS, own)

    private fun hasBackgroundData(): Boolean =
        context.getSystemService(ConnectivityManager::class.java).restrictBackgroundStatus !=
            ConnectivityManager.RESTRICT_BACKGROUND_STATUS_ENABLED

    private companion object {
        const val NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
        val SMS = listOf(
            Manifest.permission.SEND_SMS, Manifest.permission.RECEIVE_SMS, Manifest.permission.READ_SMS,
            Manifest.permission.RECEIVE_MMS, Manifest.permission.RECEIVE_WAP_PUSH,
        )
        val CALLS = listOf(Manifest.permission.CALL_PHONE, Manifest.permission.READ_CALL_LOG)
        val PHONE = listOf(Manifest.permission.READ_PHONE_STATE, Manifest.permission.READ_PHONE_NUMBERS)
    }
}
