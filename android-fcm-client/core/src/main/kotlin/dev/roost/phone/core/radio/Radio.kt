package dev.roost.phone.core.radio

import dev.roost.phone.core.mms.InboundMms
import dev.roost.phone.core.mms.MediaFile
import dev.roost.phone.core.time.Stamp

/** What the modem is asked for once. [parts] as [Radio.divide] counted them. */
data class SendOrder(
    val jobId: String,
    val attempt: Long,
    val slot: Int,
    val simId: String,
    val recipient: String,
    val text: String,
    val parts: Int,
    val wantsReport: Boolean,
)

/** As [SendOrder]; the files in their order. An MMS is one part, and no report of its delivery reaches an app. */
class MmsOrder(
    val jobId: String,
    val attempt: Long,
    val slot: Int,
    val simId: String,
    val recipient: String,
    val text: String,
    val files: List<MediaFile>,
)

/** The sent intent of one part, which counts from 1. [code] -1 is success; [errorCode] is the modem's own number. */
data class SentResult(val jobId: String, val attempt: Long, val part: Int, val code: Int, val errorCode: Int? = null)

/** TP-Status of one part: below 0x20 delivered, 0x20-0x3F still trying, above that failed. */
data class DeliveryReport(val jobId: String, val attempt: Long, val part: Int, val tpStatus: Int)

/** [text] is the network's answer; [failure] Android's number when there was none. */
data class UssdResult(val jobId: String, val attempt: Long, val text: String?, val failure: Int?)

/**
 * A text, parts joined. [providerId] is its row in the system's inbox, null when it comes as a broadcast.
 * [smscMs] is the carrier's stamp in epoch ms, whole seconds.
 */
data class InboundSms(
    val providerId: Long?,
    val sender: String,
    val text: String,
    val simId: String?,
    val smscMs: Long,
    val parts: Int = 1,
)

enum class SentBoxStatus { SENT, FAILED, QUEUED }

const val RESULT_OK = -1

/** The modem was certainly not asked, and would not be by another try. */
class RadioRefused(val own: OwnError) : Exception(own.name)

/** Results come later, to [dev.roost.phone.core.Phone]: also hours later, and in another process. */
interface Radio {
    /** How many parts the phone makes of a text; depends on the country of the SIM. */
    fun divide(text: String, simId: String): Int

    /** Must not be called twice for one attempt. Throws [RadioRefused] and nothing else. */
    fun send(order: SendOrder)

    /** As [send]. */
    fun sendMms(order: MmsOrder)

    /** The answer, or its failure, comes as a [UssdResult]. Throws [RadioRefused] and nothing else. */
    fun ussd(jobId: String, attempt: Long, slot: Int, code: String)

    /** The system's own record of a text handed over at [handed]; null without such a row or without READ_SMS. */
    fun sentBox(recipient: String, text: String, handed: Stamp): SentBoxStatus?

    /** Rows of the system's inbox that arrived since then, by the wall clock; empty without READ_SMS. */
    fun inbox(sinceWallMs: Long): List<InboundSms>

    /** MMS that the system has downloaded since then, by the wall clock; empty without READ_SMS. */
    fun mmsInbox(sinceWallMs: Long): List<InboundMms>

    /** The content of an [InboundMms]'s part; null when the owner has deleted it. */
    fun mmsPart(handle: String): ByteArray?
}
