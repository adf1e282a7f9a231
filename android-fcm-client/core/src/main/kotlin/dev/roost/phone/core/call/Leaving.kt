package dev.roost.phone.core.call

import dev.roost.phone.core.Components
import dev.roost.phone.core.server.Answered
import dev.roost.phone.core.server.Refused
import dev.roost.phone.core.server.Standing
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.wire.Config

/** Unpairing: give everything back, flush the reports, leave (protocol §20). */
internal class Leaving(private val app: Components) {
    /** Throws [PairingFailed]; then nothing is lost and it can be called again. */
    fun leave(config: Config, health: () -> Map<String, Any?>, reason: String) {
        if (app.backoff.hasBeenAskedToWait()) throw PairingFailed(Trouble.ASKED_TO_WAIT)
        app.jobs.inStates(JobState.WAITING).forEach { app.ledger.release(it, "unpair") }
        flush(config, health)
        val result = app.server.call("POST", PATH, mapOf("reason" to reason))
        val isGone = result is Answered || (result is Refused && result.status == 410)
        if (!isGone) throw PairingFailed(Trouble.NOT_CONFIRMED)
        app.store.transaction {
            app.standing.become(Standing.UNPAIRED)
            app.tokens.forget()
            app.store.put(PushRegistration.TOLD_AT, null)
        }
    }

    private fun flush(config: Config, health: () -> Map<String, Any?>) {
        while (app.receivedMms.dueInMs() == 0L) app.receivedMms.uploadNext()
        if (app.receivedMms.dueInMs() != null) throw PairingFailed(Trouble.REPORTS_WAITING)
        repeat(MOST_CALLS) {
            if (!app.batches.isFrozen() && app.outbox.isSettled()) return
            app.callback.call(config, health(), mayClaim = false)
            if (app.backoff.waitMs() > 0) throw PairingFailed(Trouble.REPORTS_WAITING)
        }
    }

    private companion object {
        const val PATH = "/phone/v1/unpair"
        const val MOST_CALLS = 500
    }
}
