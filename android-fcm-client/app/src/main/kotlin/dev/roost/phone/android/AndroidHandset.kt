package dev.roost.phone.android

import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.PackageManager
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import android.provider.Settings
import android.telephony.ServiceState
import android.telephony.TelephonyManager
import dev.roost.phone.core.radio.Handset
import dev.roost.phone.core.radio.Permission
import dev.roost.phone.core.radio.Service
import dev.roost.phone.core.radio.SimCard
import dev.roost.phone.core.time.Clock

class AndroidHandset(private val context: Context, private val sims: Sims) : Handset {
    override val clock: Clock = AndroidClock(context)
    override val model: String = "${Build.MANUFACTURER} ${Build.MODEL}"
    override val sdk: Int = Build.VERSION.SDK_INT
    override val appVersion: String =
        context.packageManager.getPackageInfo(context.packageName, 0).versionName.orEmpty()

    private val connectivity = context.getSystemService(ConnectivityManager::class.java)
    private val telephony = context.getSystemService(TelephonyManager::class.java)

    override val isOnline: Boolean
        get() = capabilities()?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) ?: false

    override fun sims(): List<SimCard>? = sims.cards()

    /** In doubt in service: then the radio's own answer decides. */
    override fun serviceOf(slot: Int): Service {
        if (Settings.Global.getInt(context.contentResolver, Settings.Global.AIRPLANE_MODE_ON, 0) != 0) {
            return Service.RADIO_OFF
        }
        return when (serviceState(slot)) {
            ServiceState.STATE_OUT_OF_SERVICE, ServiceState.STATE_EMERGENCY_ONLY -> Service.OUT_OF_SERVICE
            ServiceState.STATE_POWER_OFF -> Service.RADIO_OFF
            else -> Service.IN_SERVICE
        }
    }

    private fun serviceState(slot: Int): Int? =
        try {
            sims.subscriptionIdIn(slot)?.let { telephony.createForSubscriptionId(it).serviceState?.state }
        } catch (_: SecurityException) {
            null
        }

    override fun may(permission: Permission): Boolean =
        context.checkSelfPermission("android.permission.${permission.name}") == PackageManager.PERMISSION_GRANTED

    override fun vitals(): Map<String, Any?> {
        val battery = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
        val level = battery?.getIntExtra(BatteryManager.EXTRA_LEVEL, -1) ?: -1
        val scale = battery?.getIntExtra(BatteryManager.EXTRA_SCALE, 100) ?: 100
        val plugged = battery?.getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) ?: 0
        return mapOf(
            "battery" to if (level < 0 || scale <= 0) null else level * 100 / scale,
            "charging" to (plugged != 0),
            "net" to net(),
        )
    }

    private fun net(): String? {
        val capabilities = capabilities() ?: return null
        return when {
            capabilities.hasTransport(NetworkCapabilities.TRANSPORT_WIFI) -> "wifi"
            capabilities.hasTransport(NetworkCapabilities.TRANSPORT_CELLULAR) -> generation()
            capabilities.hasTransport(NetworkCapabilities.TRANSPORT_ETHERNET) -> "ethernet"
            else -> "other"
        }
    }

    private fun generation(): String =
        try {
            GENERATIONS[telephony.dataNetworkType] ?: "cellular"
        } catch (_: SecurityException) {
            "cellular"
        }

    private fun capabilities(): NetworkCapabilities? =
        connectivity.activeNetwork?.let(connectivity::getNetworkCapabilities)

    private companion object {
        val GENERATIONS =
            mapOf(
                TelephonyManager.NETWORK_TYPE_GPRS to "2g",
                TelephonyManager.NETWORK_TYPE_EDGE to "2g",
                TelephonyManager.NETWORK_TYPE_UMTS to "3g",
                TelephonyManager.NETWORK_TYPE_HSPA to "3g",
                TelephonyManager.NETWORK_TYPE_HSPAP to "3g",
                TelephonyManager.NETWORK_TYPE_LTE to "4g",
                TelephonyManager.NETWORK_TYPE_NR to "5g",
            )
    }
}
