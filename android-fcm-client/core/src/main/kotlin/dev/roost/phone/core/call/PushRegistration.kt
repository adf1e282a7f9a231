package dev.roost.phone.core.call

import dev.roost.phone.core.Tell
import dev.roost.phone.core.server.Answered
import dev.roost.phone.core.server.Backoff
import dev.roost.phone.core.server.Refused
import dev.roost.phone.core.server.Server
import dev.roost.phone.core.server.Unreachable
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.Clock
import dev.roost.phone.core.time.DAY
import dev.roost.phone.core.time.Stamp
import dev.roost.phone.core.time.ageMs
import dev.roost.phone.core.time.stamp

/** Tells the server how to wake this phone (protocol §4): after pairing, at app start, on a change, every 30 days. */
class PushRegistration(
    private val store: Store,
    private val clock: Clock,
    private val server: Server,
    private val backoff: Backoff,
    private val tell: Tell,
) {
    private var told: Map<String, Any?>? = null

    fun change(registration: Map<String, Any?>) {
        store.transaction { store.put(REGISTRATION, registration) }
    }

    fun current(): Map<String, Any?> = store.getObject(REGISTRATION)?.members ?: NO_PUSH

    fun dueInMs(): Long {
        val toldAt = store.getList(TOLD_AT)
        if (told != current() || toldAt == null) return backoff.waitMs()
        return maxOf(backoff.waitMs(), REFRESH_MS - clock.ageMs(Stamp.of(toldAt)), 0)
    }

    /** A refusal of this registration is final until it changes or the app starts again; polling goes on. */
    fun tellServer() {
        val registration = current()
        when (val result = server.call("PUT", PATH, registration)) {
            is Unreachable -> backoff.failed(result.retryAfterMs)
            is Answered -> noteTold(registration)
            is Refused -> if (result.status in PERMANENT_REFUSALS) {
                tell("the server does not take this push registration (${result.code}); the phone polls")
                noteTold(registration)
            }
        }
    }

    private fun noteTold(registration: Map<String, Any?>) {
        backoff.succeeded()
        told = registration
        store.transaction { store.put(TOLD_AT, clock.stamp().asList()) }
    }

    companion object {
        const val REGISTRATION = "push_registration"
        const val TOLD_AT = "push_told_at"
        val NO_PUSH = mapOf<String, Any?>("provider" to "none")
        private const val PATH = "/phone/v1/push"
        private const val REFRESH_MS = 30 * DAY
        private val PERMANENT_REFUSALS = setOf(400, 404, 409, 413, 422)
    }
}
