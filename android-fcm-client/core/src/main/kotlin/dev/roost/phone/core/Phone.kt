package dev.roost.phone.core

import dev.roost.phone.core.call.Answers
import dev.roost.phone.core.call.Leaving
import dev.roost.phone.core.call.Pairing
import dev.roost.phone.core.call.PairingLink
import dev.roost.phone.core.call.PushRegistration
import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.radio.DeliveryReport
import dev.roost.phone.core.radio.InboundSms
import dev.roost.phone.core.radio.SentResult
import dev.roost.phone.core.radio.UssdResult
import dev.roost.phone.core.server.Standing
import dev.roost.phone.core.store.JobState
import dev.roost.phone.core.time.DAY
import dev.roost.phone.core.time.toWire
import dev.roost.phone.core.wire.Config
import dev.roost.phone.core.wire.Firebase

/** A push as Android hands it over. [priority] differs from [original] when FCM deprioritised it. */
data class Wake(val nonce: String?, val priority: String = HIGH, val original: String = HIGH) {
    companion object {
        const val HIGH = "high"
    }
}

/**
 * One process of the app. Everything durable is in its store; a new object on the same store goes on where this one
 * was killed. Any thread may call; [tick] belongs to one.
 */
class Phone(private val ports: Ports) {
    private val gate = Gate()
    private val app = gate.inside { Components(ports, gate) }
    private val daily = Housekeeping(app)

    val standing: Standing
        get() = gate.inside { app.standing.now }

    /** The owner's Firebase project from the pairing answer; null means this phone is only polled. */
    val firebase: Firebase?
        get() = gate.inside { app.store.getObject(Pairing.FIREBASE)?.let { Firebase.of(it) } }

    /** Exchange the link's code. Throws PairingFailed; safe to repeat. */
    fun pair(link: PairingLink) = gate.inside { Pairing(app, ports.newId).pair(link) }

    /** Give every job back and leave. Throws PairingFailed while the server cannot be told. */
    fun unpair(reason: String = "user") = gate.inside { Leaving(app).leave(config(), ::health, reason) }

    fun confirmSims() = gate.inside {
        app.simWatch.confirm()
        app.schedule.wantClaim()
    }

    /** A push arrived; it only says "call". */
    fun wake(wake: Wake) = gate.inside {
        val kind = app.push.current()["kind"] ?: "token"
        val last = mapOf(
            "kind" to kind, "received_at" to toWire(ports.handset.clock.wallMs()), "nonce" to wake.nonce,
            "priority" to wake.priority, "original" to wake.original,
        )
        app.store.transaction {
            app.store.put(Pairing.LAST_PUSH, last)
            if (wake.original == Wake.HIGH && wake.priority != Wake.HIGH) alert("push_deprioritised", wake.priority)
        }
        app.schedule.wantClaim()
    }

    /** `onDeletedMessages`, app start, power connected: a reason to ask for jobs. */
    fun wantClaim() = gate.inside { app.schedule.wantClaim() }

    fun networkAvailable() = gate.inside {
        app.backoff.networkAvailable()
        app.schedule.wantClaim()
    }

    /** The registration callback: FCM gave this installation a (new) address. */
    fun pushRegistered(value: String, projectId: String, kind: String = "token") = gate.inside {
        app.push.change(mapOf("provider" to "fcm", "kind" to kind, "value" to value, "project_id" to projectId))
    }

    /** No Google services: the server will answer with short polls. */
    fun pushUnavailable() = gate.inside { app.push.change(PushRegistration.NO_PUSH) }

    fun take(result: SentResult) = gate.inside { app.outcomes.take(result) }

    fun take(report: DeliveryReport) = gate.inside { app.outcomes.take(report) }

    fun take(result: UssdResult) = gate.inside { app.outcomes.take(result) }

    /** Texts that come before the phone is paired are not the server's. */
    fun take(sms: InboundSms) = gate.inside { if (isPaired()) app.inbound.take(sms) }

    /** Only where the server asked for MMS; also one that was taken before. */
    fun take(mms: InboundMms) = gate.inside { if (wantsMms()) app.inbound.take(mms) }

    /** An MMS waits at the carrier: look for it until the system has downloaded it. */
    fun mmsAnnounced() = gate.inside { if (wantsMms()) app.mmsWatch.announced() }

    private fun wantsMms(): Boolean = isPaired() && config().has("inbound_mms")

    /** Reported only where the server asked for missed calls. */
    fun missedCall(from: String?, simId: String?) = gate.inside {
        if (isPaired() && config().has("missed_calls")) app.inbound.missedCall(from, simId)
    }

    /** For the server's list of what is wrong with its phones: `battery_restricted`, `force_stopped`, ... */
    fun report(code: String, detail: String) = gate.inside { app.store.transaction { alert(code, detail) } }

    private fun alert(code: String, detail: String) {
        app.outbox.add("alert", mapOf("code" to code, "detail" to detail))
    }

    /** Do everything that is due; milliseconds until something is due again. */
    fun tick(): Long {
        repeat(STEPS_PER_TICK) {
            val wait = step()
            if (wait > 0) return wait
        }
        return 0
    }

    /** One round; 0 when there may be more to do at once. At most one call to the server. */
    fun step(): Long = gate.inside {
        if (!isPaired()) return@inside DAY
        app.simWatch.check()
        daily.watchPermissions()
        val waits = mutableListOf<Long?>(DAY)
        if (app.standing.now.maySend) waits += app.handOff.advance(config())
        waits += app.outcomes.resolveOverdue()
        waits += daily.forgetOldRows()
        waits += app.inbound.reconcile(wantsMms())
        waits += app.mmsWatch.lookIfDue()
        waits += call()
        maxOf(0, waits.filterNotNull().min())
    }

    /** Make the one call that is due (then 0), or say how long until one is. null while there is no way to call. */
    private fun call(): Long? {
        if (!app.standing.now.mayCall || !ports.handset.isOnline) return null
        val hasWork = app.jobs.inStates(JobState.HELD).isNotEmpty() || app.outbox.urgentAgeMs() != null
        val kept = ports.handset.networkWaitMs(hasWork)
        if (kept > 0) return kept
        val mayClaim = app.standing.now == Standing.ACTIVE
        val backoff = app.backoff.waitMs()
        val pushWait = maxOf(backoff, app.push.dueInMs())
        val callWait = maxOf(backoff, app.schedule.dueInMs(config(), mayClaim))
        val mediaWait = app.receivedMms.dueInMs()
        when {
            pushWait == 0L -> app.push.tellServer()
            mediaWait == 0L -> app.receivedMms.uploadNext()
            callWait == 0L -> app.callback.call(config(), health(), mayClaim)
        }
        return listOfNotNull(pushWait, mediaWait, callWait).min()
    }

    private fun health(): Map<String, Any?> = healthOf(app, config())

    /** What the status screen shows. */
    fun status(): Status = gate.inside { statusOf(app) }

    private fun isPaired(): Boolean = app.standing.now != Standing.UNPAIRED

    private fun config(): Config = app.store.getObject(Answers.CONFIG)?.let(::Config) ?: Config.DEFAULT

    /** The process ends in an orderly way; nothing depends on it. */
    fun close() = gate.inside { app.store.close() }

    private companion object {
        const val STEPS_PER_TICK = 1_000
    }
}
