package dev.roost.phone.android

import android.content.Context
import android.os.Build
import android.os.SystemClock
import android.telephony.SubscriptionInfo
import android.telephony.SubscriptionManager
import android.telephony.TelephonyManager
import dev.roost.phone.core.radio.SimCard
import java.security.MessageDigest

/**
 * The SIM cards and Android's numbers for them. Since API 29 no app reads a card's serial number, so a card is known by
 * its subscription id, network and carrier: a new combination in a slot is a change that the owner confirms.
 */
class Sims(private val context: Context) {
    private val subscriptions = context.getSystemService(SubscriptionManager::class.java)
    private val telephony = context.getSystemService(TelephonyManager::class.java)

    /** null: not known yet. The list is empty for some seconds after a boot, and without the permission. */
    fun cards(): List<SimCard>? {
        val active = active() ?: return null
        val isYoung = SystemClock.elapsedRealtime() < SETTLED_AFTER_MS
        return if (active.isEmpty() && isYoung) null else active.map(::card)
    }

    fun subscriptionId(simId: String): Int? = active()?.firstOrNull { simIdOf(it) == simId }?.subscriptionId

    fun subscriptionIdIn(slot: Int): Int? = active()?.firstOrNull { it.simSlotIndex == slot }?.subscriptionId

    fun simId(subscriptionId: Int): String? = active()?.firstOrNull { it.subscriptionId == subscriptionId }?.let(::simIdOf)

    private fun active(): List<SubscriptionInfo>? =
        try {
            subscriptions.activeSubscriptionInfoList
                ?: if (telephony.simState == TelephonyManager.SIM_STATE_ABSENT) emptyList() else null
        } catch (_: SecurityException) {
            null
        }

    private fun card(info: SubscriptionInfo) =
        SimCard(info.simSlotIndex, simIdOf(info), info.carrierName?.toString().orEmpty(), mccmnc(info), number(info))

    private fun simIdOf(info: SubscriptionInfo): String {
        val carrier = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) info.carrierId else 0
        val known = "${info.subscriptionId}/${mccmnc(info)}/$carrier"
        val hash = MessageDigest.getInstance("SHA-256").digest(known.toByteArray())
        return "sim_" + hash.take(6).joinToString("") { "%02x".format(it) }
    }

    @Suppress("DEPRECATION")
    private fun mccmnc(info: SubscriptionInfo): String =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) info.mccString.orEmpty() + info.mncString.orEmpty()
        else "%03d%02d".format(info.mcc, info.mnc)

    /** Often empty: carriers need not write it on the card. */
    @Suppress("DEPRECATION")
    private fun number(info: SubscriptionInfo): String? =
        try {
            val found =
                if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
                    subscriptions.getPhoneNumber(info.subscriptionId)
                } else {
                    info.number
                }
            found?.ifEmpty { null }
        } catch (_: SecurityException) {
            null
        }

    private companion object {
        const val SETTLED_AFTER_MS = 90_000L
    }
}
