package dev.roost.phone.core.call

import dev.roost.phone.core.Tell
import dev.roost.phone.core.counted
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.json.NotOurJson
import dev.roost.phone.core.server.Answered
import dev.roost.phone.core.server.Backoff
import dev.roost.phone.core.server.Refused
import dev.roost.phone.core.server.Server
import dev.roost.phone.core.server.Unreachable
import dev.roost.phone.core.store.Batch
import dev.roost.phone.core.store.Batches
import dev.roost.phone.core.wire.CallbackAnswer
import dev.roost.phone.core.wire.Config

/** The one steady-state call: report, claim, cancel, health and clock in one request (protocol §5). */
class Callback(
    private val batches: Batches,
    private val claims: Claims,
    private val schedule: Schedule,
    private val server: Server,
    private val answers: Answers,
    private val backoff: Backoff,
    private val tell: Tell,
) {
    /** Send the frozen batch again, or freeze a new one and send it. */
    fun call(config: Config, health: Map<String, Any?>, mayClaim: Boolean) {
        val batch = batches.frozen() ?: freeze(config, mayClaim)
        val body = LinkedHashMap<String, Any?>()
        body["batch_id"] = batch.batchId
        body["events"] = batch.events
        if (batch.claim != null) body["claim"] = batch.claim + ("have" to claims.have())
        body["health"] = health
        when (val result = server.call("POST", PATH, body)) {
            is Refused -> refused(result, batch)
            is Answered -> answered(result, batch)
            is Unreachable -> Unit
        }
    }

    private fun freeze(config: Config, mayClaim: Boolean): Batch {
        val isClaiming = mayClaim && schedule.wantsClaimNow(config)
        if (isClaiming) schedule.claimFrozen()
        return batches.freeze(if (isClaiming) claims.new(config) else null)
    }

    private fun answered(result: Answered, batch: Batch) {
        val answer =
            try {
                CallbackAnswer(result.body ?: JsonObject(emptyMap()))
            } catch (_: NotOurJson) {
                server.unreachable(Unreachable("an answer that is not ours; is there a captive portal?"))
                return
            }
        answers.apply(answer, result.roundTripMs)
        batches.applied()
        server.understood()
        schedule.answered(answer, hadClaim = batch.claim != null)
        if (answer.confirmedSims.isNotEmpty()) schedule.wantClaim()
    }

    private fun refused(refused: Refused, batch: Batch) {
        if (refused.status in UNREADABLE && batch.events.isNotEmpty()) {
            tell("the server cannot take ${counted(batch.events.size, "report")} at once (${refused.code})")
            batches.halve(batch, refused.code)
            keepClaim(batch)
        } else if (refused.status in Server.APPLIED_NOTHING) {
            batches.drop()
            keepClaim(batch)
            backoff.failed(refused.retryAfterMs)
        } else if (refused.status == UPGRADE_REQUIRED) {
            batches.drop()
        }
    }

    /** The claim was answered with an error, so another one, under a new id, takes its place. */
    private fun keepClaim(batch: Batch) {
        if (batch.claim != null) schedule.wantClaim()
    }

    private companion object {
        const val PATH = "/phone/v1/callback"
        const val UPGRADE_REQUIRED = 426
        val UNREADABLE = setOf(400, 413)
    }
}
