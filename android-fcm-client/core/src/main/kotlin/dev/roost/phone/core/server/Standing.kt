package dev.roost.phone.core.server

import dev.roost.phone.core.store.Store

/** How the server regards this phone, and what follows for calling and sending (protocol §19). */
enum class Standing(val mayCall: Boolean, val maySend: Boolean) {
    UNPAIRED(false, false),
    ACTIVE(true, true),
    SUSPENDED(true, false),
    BAD_TOKEN(true, false),
    UPGRADE_REQUIRED(true, true),
    PAIR_AGAIN(false, false),
    REMOVED(false, false);

    val key: String = name.lowercase()
}

class StandingRecord(private val store: Store) {
    val now: Standing
        get() = store.getText(KEY)?.let { key -> Standing.values().first { it.key == key } } ?: Standing.UNPAIRED

    /** False when nothing changed, so that the owner is told once. */
    fun become(standing: Standing): Boolean {
        if (standing == now) return false
        store.transaction { store.put(KEY, standing.key) }
        return true
    }

    private companion object {
        const val KEY = "standing"
    }
}
