package dev.roost.phone.core

import dev.roost.phone.core.call.Pairing
import dev.roost.phone.core.call.PushRegistration
import dev.roost.phone.core.radio.missing
import dev.roost.phone.core.server.Server
import dev.roost.phone.core.server.Standing
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.time.toWire
import dev.roost.phone.core.wire.Config

/** What the status screen shows; the same facts as the server gets, and none of anybody's messages. */
data class Status(
    val standing: Standing,
    val server: String?,
    val deviceId: String?,
    val held: Int,
    val outbox: Long,
    val outboxSeconds: Long,
    val quarantined: Long,
    val missing: List<String>,
    val hasPush: Boolean,
    val needsSimConfirmation: Boolean,
    /** How far this phone's wall clock is from the server's, in ms; null before the first answer since the boot. */
    val clockErrorMs: Long?,
    val nextCallMs: Long,
)

/** State, not an event: refreshed for each call and never queued (protocol §5). */
internal fun healthOf(app: Components, config: Config): Map<String, Any?> {
    val clock = app.handset.clock
    val health = mapOf(
        "store_id" to app.store.storeId,
        "boot_id" to clock.bootId,
        "at_wall" to toWire(clock.wallMs()),
        "at_elapsed" to clock.elapsedMs(),
        "app" to app.handset.appVersion,
        "sdk" to app.handset.sdk,
        "config_rev" to config.rev,
        "outbox" to mapOf("depth" to app.outbox.depth(), "oldest_seconds" to app.outbox.oldestSeconds()),
        "quarantined" to app.outbox.quarantined(),
        "missing" to app.handset.missing(),
    )
    val lastPush = app.store.getObject(Pairing.LAST_PUSH)?.let { mapOf("push" to it) } ?: emptyMap()
    val unconfirmed = app.simWatch.unconfirmed()
    val sims = if (unconfirmed.isEmpty()) emptyMap() else mapOf("unconfirmed_sims" to unconfirmed)
    return health + app.handset.vitals() + lastPush + sims
}

internal fun statusOf(app: Components): Status =
    Status(
        standing = app.standing.now,
        server = app.store.getText(Server.BASE_URL),
        deviceId = app.store.getText(Pairing.DEVICE_ID),
        held = app.jobs.inStates(JobState.HELD).size,
        outbox = app.outbox.depth(),
        outboxSeconds = app.outbox.oldestSeconds(),
        quarantined = app.outbox.quarantined(),
        missing = app.handset.missing(),
        hasPush = app.push.current() != PushRegistration.NO_PUSH,
        needsSimConfirmation = app.simWatch.needsConfirmation(),
        clockErrorMs = if (app.corrected.isAnchored()) app.handset.clock.wallMs() - app.corrected.nowMs() else null,
        nextCallMs = app.backoff.waitMs(),
    )
