package dev.roost.phone.core.call

import dev.roost.phone.core.Components
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.json.NotOurJson
import dev.roost.phone.core.radio.Handset
import dev.roost.phone.core.server.Answered
import dev.roost.phone.core.server.Refused
import dev.roost.phone.core.server.Server
import dev.roost.phone.core.server.Standing
import dev.roost.phone.core.server.Unreachable
import dev.roost.phone.core.store.Batches
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.time.toWire
import dev.roost.phone.core.wire.PairAnswer

/** Exchanging a link's code for a device token, and keeping the answer (protocol §3). */
internal class Pairing(private val app: Components, private val newId: (String) -> String) {
    /** Safe to repeat: the same phone gets the same device again. Throws [PairingFailed]. */
    fun pair(link: PairingLink) {
        val body = mapOf("code" to link.code) + introduction(app.handset)
        when (val result = app.exchange.call("POST", "${link.baseUrl}$PATH", body)) {
            is Answered -> settleIn(link, read(result), result.roundTripMs)
            is Refused -> throw PairingFailed(troubleOf(result), result.message.ifEmpty { "${result.status}" })
            is Unreachable -> throw PairingFailed(Trouble.UNREACHABLE, result.reason)
        }
    }

    private fun read(result: Answered): PairAnswer =
        try {
            PairAnswer(result.body ?: JsonObject(emptyMap()))
        } catch (_: NotOurJson) {
            throw PairingFailed(Trouble.NOT_ROOST)
        }

    private fun troubleOf(refused: Refused): Trouble =
        when {
            refused.code == "code_used" -> Trouble.CODE_USED
            refused.code == "code_expired" -> Trouble.CODE_EXPIRED
            refused.code == "slow_down" -> Trouble.TOO_MANY_CODES
            refused.status == 404 -> Trouble.NOT_ROOST
            else -> Trouble.REFUSED
        }

    /** The pairing request without the code. */
    private fun introduction(handset: Handset): Map<String, Any?> =
        mapOf(
            "install_id" to installId(),
            "store_id" to app.store.storeId,
            "device" to mapOf(
                "model" to handset.model,
                "sdk" to handset.sdk,
                "app" to handset.appVersion,
                "boot_id" to handset.clock.bootId,
                "at_wall" to toWire(handset.clock.wallMs()),
                "at_elapsed" to handset.clock.elapsedMs(),
            ),
            "sims" to handset.sims().orEmpty().sortedBy { it.slot }.map { it.described() },
        )

    /** Sealed like the token: a copy of the data folder on another phone is another installation. */
    private fun installId(): String {
        app.store.getText(INSTALL_ID)?.let(app.seal::open)?.let { return it }
        val installId = newId("ins")
        app.store.transaction { app.store.put(INSTALL_ID, app.seal.close(installId)) }
        return installId
    }

    /** Keep the pairing. Jobs of an earlier pairing are dropped unsent: the server has given them up. */
    private fun settleIn(link: PairingLink, answer: PairAnswer, roundTripMs: Long) {
        val store = app.store
        store.transaction {
            app.jobs.inStates(JobState.WAITING).forEach(app.ledger::lose)
            app.batches.drop()
            val before = store.getText(DEVICE_ID)
            if (before != null && before != answer.deviceId) forgetOtherDevice()
            if (before != answer.deviceId) app.inbound.beginNow()
            store.put(Server.BASE_URL, link.baseUrl)
            store.put(DEVICE_ID, answer.deviceId)
            app.tokens.paired(answer.token)
            store.put(FIREBASE, answer.firebase)
            store.put(Answers.CONFIG, answer.config)
            app.corrected.anchor(answer.serverTimeMs, roundTripMs)
            app.simWatch.confirm()
            app.standing.become(Standing.ACTIVE)
        }
        app.backoff.succeeded()
        app.schedule.wantClaim()
    }

    /** Reports about another device's jobs would only be refused. Inbound memory and pacing belong to the SIMs. */
    private fun forgetOtherDevice() {
        for (table in listOf("jobs", "parts", "outbox", "quarantine")) app.store.change("DELETE FROM $table")
        app.receivedMms.forgetUntold()
        val keys = listOf(PushRegistration.REGISTRATION, PushRegistration.TOLD_AT, LAST_PUSH, Batches.LIMIT)
        keys.forEach { app.store.put(it, null) }
    }

    companion object {
        const val DEVICE_ID = "device_id"
        const val FIREBASE = "firebase"
        const val LAST_PUSH = "last_push"
        private const val INSTALL_ID = "install_id"
        private const val PATH = "/phone/v1/pair"
    }
}
