package dev.roost.phone.core

import dev.roost.phone.core.radio.Permission
import dev.roost.phone.core.radio.missing
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.time.DAY

/** What the phone looks after between messages. */
internal class Housekeeping(private val app: Components) {
    /** Without SEND_SMS the phone gives its jobs back at once instead of failing them one by one. */
    fun watchPermissions() {
        val missing = app.handset.missing()
        if (missing == app.store.getList(MISSING).orEmpty()) return
        app.store.transaction {
            app.store.put(MISSING, missing)
            if (missing.isNotEmpty()) {
                app.outbox.add("alert", mapOf("code" to "permission_lost", "detail" to missing.joinToString(", ")))
            }
            if (Permission.SEND_SMS.name in missing) {
                app.jobs.inStates(JobState.WAITING).forEach { app.ledger.release(it, "paused") }
            }
        }
    }

    /** Daily: rows stay seven days after their deadline as memory against duplicates. */
    fun forgetOldRows(): Long {
        val now = app.corrected.nowMs()
        if (now - (app.store.getLong(FORGOTTEN_AT) ?: 0) >= DAY) {
            app.store.transaction {
                app.store.put(FORGOTTEN_AT, now)
                app.jobs.forgetOlderThan(now - REMEMBERED_MS)
                app.outbox.forgetOldQuarantine()
                app.inbound.forgetOld()
            }
        }
        return DAY
    }

    private companion object {
        const val MISSING = "missing_permissions"
        const val FORGOTTEN_AT = "forgotten_at_ms"
        const val REMEMBERED_MS = 7 * DAY
    }
}
