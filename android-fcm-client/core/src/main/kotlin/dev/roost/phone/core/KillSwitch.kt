package dev.roost.phone.core

/** The named places of protocol §23 where a test ends the process, in the order one message passes them. */
enum class KillPoint {
    BEFORE_STORE,
    AFTER_STORE,
    BEFORE_HANDING_OFF,
    AFTER_HANDING_OFF,
    AFTER_RADIO,
    AFTER_RESULT,
    BEFORE_ACK_APPLIED,
    IN_RECEIVER,
}

/** The product passes [NEVER]. */
fun interface KillSwitch {
    fun reach(point: KillPoint)

    companion object {
        val NEVER = KillSwitch {}
    }
}
