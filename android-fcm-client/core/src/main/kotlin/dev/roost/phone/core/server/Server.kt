package dev.roost.phone.core.server

import dev.roost.phone.core.Tell
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.HOUR

/** The Roost server as the phone sees it: one base URL, two token slots, one standing, one back-off. */
class Server(
    private val store: Store,
    private val tokens: Tokens,
    private val standing: StandingRecord,
    private val backoff: Backoff,
    private val exchange: Exchange,
    private val tell: Tell,
) {
    private var wasUnreachable = false

    /** Try `next`, then `current`; note what the answer says about this phone. The caller reads the body. */
    fun call(method: String, path: String, body: Map<String, Any?>): Exchanged {
        val result = exchangeWithEitherToken(method, path, body)
        when (result) {
            is Refused -> refused(result)
            is Unreachable -> unreachable(result)
            is Answered -> Unit
        }
        return result
    }

    private fun exchangeWithEitherToken(method: String, path: String, body: Map<String, Any?>): Exchanged {
        var result: Exchanged = Unreachable("not paired")
        for (token in tokens.inOrder()) {
            result = exchange.call(method, "${store.getText(BASE_URL)}$path", body, token)
            if (result is Answered) tokens.worked(token)
            if (result !is Refused || result.status != 401) return result
            tokens.refused(token)
        }
        return result
    }

    /** Also for a 2xx whose body turns out not to be ours: nothing in it was applied. */
    fun unreachable(failure: Unreachable) {
        backoff.failed(failure.retryAfterMs)
        if (!wasUnreachable) tell("no answer from the server (${failure.reason}); trying again until it answers")
        wasUnreachable = true
    }

    /** The answer was read and applied: the server is there and this phone is welcome. */
    fun understood() {
        backoff.succeeded()
        if (standing.become(Standing.ACTIVE)) tell("the server accepts this phone again")
        if (wasUnreachable) tell("the server answers again")
        wasUnreachable = false
    }

    private fun refused(refused: Refused) {
        val found = standingOf(refused)
        if (found == null) {
            if (refused.status !in APPLIED_NOTHING) backoff.failed(refused.retryAfterMs)
            return
        }
        if (standing.become(found)) tell("the server regards this phone as ${found.key}")
        if (found != Standing.UPGRADE_REQUIRED || !refused.eventsOk) backoff.hold(HOUR)
    }

    private fun standingOf(refused: Refused): Standing? =
        if (refused.status == 409 && refused.code == "store_mismatch") Standing.PAIR_AGAIN
        else STANDING_BY_STATUS[refused.status]

    companion object {
        const val BASE_URL = "base_url"

        /** Refusals of a request's content, which its caller handles. */
        val APPLIED_NOTHING = setOf(400, 409, 413)

        private val STANDING_BY_STATUS =
            mapOf(
                401 to Standing.BAD_TOKEN,
                403 to Standing.SUSPENDED,
                410 to Standing.REMOVED,
                426 to Standing.UPGRADE_REQUIRED,
            )
    }
}
