package dev.roost.phone.core.mms

import java.io.ByteArrayOutputStream

/**
 * An M-Send.req as Android passes it to the carrier: OMA-TS-MMS_ENC 1.2 on top of WAP-230-WSP. A text and files one after
 * the other (multipart/mixed), without a slide show: every phone shows those in their order.
 */
class SendRequest(
    private val transactionId: String,
    private val recipient: String,
    private val text: String,
    private val files: List<MediaFile>,
) {
    private val out = ByteArrayOutputStream()

    fun encoded(): ByteArray {
        out.reset()
        header(MESSAGE_TYPE, M_SEND_REQ)
        out.write(TRANSACTION_ID)
        text(transactionId)
        header(MMS_VERSION, VERSION_1_2)
        // "Insert address": the carrier knows better than the phone what number this is.
        out.write(byteArrayOf(FROM.toByte(), 1, INSERT_ADDRESS.toByte()))
        out.write(TO)
        text("$recipient/TYPE=PLMN")
        header(CONTENT_TYPE, MULTIPART_MIXED)
        uintvar(files.size + if (text.isEmpty()) 0 else 1)
        if (text.isNotEmpty()) part(TEXT_PLAIN_UTF_8, text.toByteArray())
        files.forEachIndexed { place, file -> part(namedType(file, place), file.content) }
        return out.toByteArray()
    }

    private fun header(field: Int, value: Int) {
        out.write(field)
        out.write(value)
    }

    private fun part(type: ByteArray, content: ByteArray) {
        uintvar(type.size)
        uintvar(content.size)
        out.write(type)
        out.write(content)
    }

    /** The content type with a name that has the right ending: some phones open a file by it. */
    private fun namedType(file: MediaFile, place: Int): ByteArray {
        val ending = file.contentType.substringAfter('/').takeWhile { it.isLetterOrDigit() }
        val value = zeroEnded(file.contentType) + NAME.toByte() + zeroEnded("$place.$ending")
        val length = if (value.size < LENGTH_QUOTE) byteArrayOf(value.size.toByte())
        else byteArrayOf(LENGTH_QUOTE.toByte(), value.size.toByte())
        return length + value
    }

    private fun text(value: String) = out.write(zeroEnded(value))

    private fun zeroEnded(value: String): ByteArray = value.toByteArray(Charsets.US_ASCII) + 0

    /** Seven bits a byte, the highest first; all but the last have the top bit set. */
    private fun uintvar(value: Int) {
        var shift = 28
        while (shift > 0 && value ushr shift == 0) shift -= 7
        while (shift > 0) {
            out.write((value ushr shift and 0x7F) or 0x80)
            shift -= 7
        }
        out.write(value and 0x7F)
    }

    private fun ByteArrayOutputStream.write(bytes: ByteArray) = write(bytes, 0, bytes.size)

    private companion object {
        const val MESSAGE_TYPE = 0x8C
        const val M_SEND_REQ = 0x80
        const val TRANSACTION_ID = 0x98
        const val MMS_VERSION = 0x8D
        const val VERSION_1_2 = 0x92
        const val FROM = 0x89
        const val INSERT_ADDRESS = 0x81
        const val TO = 0x97
        const val CONTENT_TYPE = 0x84
        const val MULTIPART_MIXED = 0xA3
        const val NAME = 0x85

        /** A length below this is written as it is, others after it (short lengths and Length-quote of WSP 8.4.2.2). */
        const val LENGTH_QUOTE = 31

        /** Three bytes follow: text/plain, charset, UTF-8. */
        val TEXT_PLAIN_UTF_8 = byteArrayOf(3, 0x83.toByte(), 0x81.toByte(), 0xEA.toByte())
    }
}
