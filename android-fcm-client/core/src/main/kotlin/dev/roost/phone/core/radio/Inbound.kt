package dev.roost.phone.core.radio

import dev.roost.phone.core.KillPoint
import dev.roost.phone.core.KillSwitch
import dev.roost.phone.core.Tell
import dev.roost.phone.core.counted
import dev.roost.phone.core.masked
import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.mms.ReceivedMms
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.store.sha256Hex
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.DAY
import dev.roost.phone.core.time.toWire

/** Texts and MMS that reach the phone: one event each, however often Android hands them over (protocol §14). */
class Inbound(
    private val store: Store,
    private val outbox: Outbox,
    private val clock: Clock,
    private val handset: Handset,
    private val radio: Radio,
    private val receivedMms: ReceivedMms,
    private val kill: KillSwitch,
    private val tell: Tell,
) {
    private var reconciledAtElapsedMs: Long? = null

    /** The broadcast receiver. A repeated broadcast is recognised by its fingerprint. */
    fun take(sms: InboundSms) {
        if (!handset.may(Permission.RECEIVE_SMS)) return
        store.transaction {
            kill.reach(KillPoint.IN_RECEIVER)
            report(sms)
        }
    }

    fun take(mms: InboundMms) {
        if (!handset.may(Permission.RECEIVE_SMS)) return
        store.transaction {
            kill.reach(KillPoint.IN_RECEIVER)
            receivedMms.keep(mms)
        }
    }

    /** A call that rang and that nobody took. [from] null: withheld, or not ours to know. */
    fun missedCall(from: String?, simId: String?) {
        store.transaction { outbox.add("call.missed", mapOf("from" to (from ?: UNKNOWN), "sim_id" to simId)) }
    }

    /**
     * At process start and daily: report inbox rows no broadcast told of. Milliseconds until the next time. [withMms]:
     * the server wants them.
     */
    fun reconcile(withMms: Boolean): Long? {
        if (!handset.may(Permission.READ_SMS)) return null
        val now = clock.elapsedMs()
        val last = reconciledAtElapsedMs
        if (last != null && now - last < DAY) return last + DAY - now
        reconciledAtElapsedMs = now
        val found = readInbox()
        if (found > 0) tell("${counted(found, "text")} found in the inbox that no broadcast announced")
        if (withMms) readMmsInbox()
        return DAY
    }

    fun readMmsInbox() = radio.mmsInbox(beginWallMs()).forEach(::take)

    /** What came before the phone was paired is its owner's and nobody's business. */
    fun beginNow() = store.put(BEGIN, clock.wallMs())

    fun forgetOld() {
        store.change("DELETE FROM inbound WHERE wall_ms < ?", clock.wallMs() - REMEMBERED_MS)
    }

    private fun readInbox(): Int = radio.inbox(beginWallMs()).count { sms -> store.transaction { report(sms) } }

    private fun beginWallMs(): Long = maxOf(store.getLong(BEGIN) ?: 0, clock.wallMs() - LOOK_BACK_MS)

    /** Some vendors' inboxes do not say which SIM a text came by; then any SIM's broadcast may have told of it. */
    private fun wasToldBySomeSim(sms: InboundSms): Boolean =
        sms.simId == null && handset.sims().orEmpty().any { sim ->
            val told = fingerprint(sms.copy(simId = sim.simId))
            store.row("SELECT 1 FROM inbound WHERE fingerprint = ?", told) != null
        }

    private fun report(sms: InboundSms): Boolean {
        if (wasToldBySomeSim(sms)) return false
        val isNew = store.change(
            "INSERT OR IGNORE INTO inbound (fingerprint, provider_id, wall_ms) VALUES (?, ?, ?)",
            fingerprint(sms), sms.providerId, clock.wallMs(),
        ) > 0
        if (!isNew) return false
        val data = mapOf(
            "from" to sms.sender, "text" to sms.text, "sim_id" to sms.simId,
            "smsc_at" to toWire(sms.smscMs), "parts" to sms.parts,
        )
        outbox.add("sms.received", data)
        tell("text received from ${masked(sms.sender)}")
        return true
    }

    companion object {
        private const val BEGIN = "inbox_begin_wall_ms"
        private const val UNKNOWN = "unknown"

        /** Android may keep a text back for hours, a killed app may miss one until it is started again. */
        private const val LOOK_BACK_MS = 7 * DAY
        private const val REMEMBERED_MS = 30 * DAY

        /** Two real texts agree in all four only when sent within the same second of the carrier's clock. */
        fun fingerprint(sms: InboundSms): String =
            sha256Hex(sms.simId.orEmpty(), sms.sender, sms.smscMs.toString(), sms.text)
    }
}
