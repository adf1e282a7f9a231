package dev.roost.phone.core.driven

import dev.roost.phone.core.Phone
import dev.roost.phone.core.Wake
import dev.roost.phone.core.call.PairingFailed
import dev.roost.phone.core.call.PairingLink
import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.radio.DeliveryReport
import dev.roost.phone.core.radio.SentResult
import dev.roost.phone.core.radio.UssdResult
import java.io.File

/** One phone at a time, driven by the fault harness (`check/driven`). Not part of the product. */
fun main() {
    val line = Line()
    val driven = Driven(line)
    while (true) {
        val order = line.read() ?: return
        try {
            line.write(mapOf("done" to driven.obey(order)))
        } catch (failed: PairingFailed) {
            line.write(mapOf("trouble" to failed.trouble.name, "detail" to failed.detail))
        }
    }
}

private class Driven(private val line: Line) {
    private var running: Phone? = null
    private val phone: Phone
        get() = checkNotNull(running) { "no phone is open" }

    /** What was asked for; null for orders without an answer. */
    fun obey(order: JsonObject): Any? {
        when (order.text("do")) {
            "open" -> running = Phone(DrivenPorts(line).ports(File(order.text("store"))))
            "close" -> phone.close().also { running = null }
            "step" -> return phone.step()
            "pair" -> phone.pair(PairingLink.parse(order.text("link")))
            "unpair" -> phone.unpair()
            "wake" -> phone.wake(Wake(order.textOrNull("nonce"), order.text("priority"), order.text("original")))
            "want_claim" -> phone.wantClaim()
            "network_available" -> phone.networkAvailable()
            "push_registered" -> phone.pushRegistered(order.text("value"), order.text("project_id"))
            "push_unavailable" -> phone.pushUnavailable()
            "confirm_sims" -> phone.confirmSims()
            "result" -> phone.take(resultOf(order))
            "report" -> phone.take(reportOf(order))
            "inbound" -> phone.take(inboundOf(order))
            "inbound_mms" -> phone.take(mmsOf(order))
            "missed_call" -> phone.missedCall(order.textOrNull("sender"), order.textOrNull("sim_id"))
            "ussd" -> phone.take(ussdOf(order))
            else -> throw IllegalArgumentException("nobody knows how to ${order.text("do")}")
        }
        return null
    }

    private fun resultOf(order: JsonObject) =
        SentResult(
            order.text("job_id"), order.long("attempt"), order.long("part").toInt(), order.long("code").toInt(),
            order.longOrNull("error_code")?.toInt(),
        )

    private fun ussdOf(order: JsonObject): UssdResult {
        val text = order.textOrNull("text")
        val failure = if (text == null) order.long("code").toInt() else null
        return UssdResult(order.text("job_id"), order.long("attempt"), text, failure)
    }

    private fun reportOf(order: JsonObject) =
        DeliveryReport(
            order.text("job_id"), order.long("attempt"), order.long("part").toInt(), order.long("tp_status").toInt(),
        )
}
