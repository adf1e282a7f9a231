package dev.roost.phone.core.radio

import dev.roost.phone.core.time.Clock

/** What the app needs of its owner. [required]: without it the phone is no sender, which its health says. */
enum class Permission(val required: Boolean = true) {
    SEND_SMS,
    READ_SMS,
    RECEIVE_SMS,
    CALL_PHONE(false),
}

enum class Service { IN_SERVICE, OUT_OF_SERVICE, RADIO_OFF }

/** [slot] counts from 0. [number] is often unknown to the phone itself. */
data class SimCard(val slot: Int, val simId: String, val carrier: String, val mccmnc: String, val number: String?) {
    /** As the server is told of it. */
    fun described(): Map<String, Any?> =
        mapOf("slot" to slot, "sim_id" to simId, "carrier" to carrier, "mccmnc" to mccmnc, "number" to number)
}

/** The hardware and the Android around the app: everything that outlives the app's process. */
interface Handset {
    val clock: Clock
    val model: String
    val sdk: Int
    val appVersion: String

    val isOnline: Boolean

    /** null: not known (yet), as in the first seconds after a boot or without the permission. Not the same as none. */
    fun sims(): List<SimCard>?

    fun serviceOf(slot: Int): Service

    fun may(permission: Permission): Boolean

    /** `battery` in percent, `charging`, `net`: the part of `health` that only Android knows. */
    fun vitals(): Map<String, Any?>

    /**
     * How long the system keeps the network from the app, in ms; 0 where it does not say. [hasWork]: jobs or urgent
     * reports are held, for which a foreground service runs.
     */
    fun networkWaitMs(hasWork: Boolean): Long = 0
}

fun Handset.missing(): List<String> = Permission.values().filter { it.required && !may(it) }.map { it.name }.sorted()
