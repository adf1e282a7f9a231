package dev.roost.phone.core.mms

/**
 * An M-Send.conf, in which the carrier says whether it takes an MMS. Android reports a success as soon as there is any
 * answer; the answer itself may be a no (OMA-TS-MMS_ENC 1.2, 6.1.2 and 7.3.48).
 */
object SendConfirmation {
    const val OK = 0x80
    private const val RESPONSE_STATUS = 0x92
    private const val FIRST_SHORT_INTEGER = 0x80
    private const val LENGTH_QUOTE = 31

    /** The response status, 128 for yes; null for an answer without one, or one that cannot be read. */
    fun statusOf(encoded: ByteArray): Int? {
        var place = 0
        while (place + 1 < encoded.size) {
            if (at(encoded, place) == RESPONSE_STATUS) return at(encoded, place + 1)
            place = after(encoded, place + 1)
        }
        return null
    }

    /** Where the value that begins at [place] has ended: one byte, a counted value, or a text up to its zero. */
    private fun after(encoded: ByteArray, place: Int): Int {
        val first = at(encoded, place)
        return when {
            first >= FIRST_SHORT_INTEGER -> place + 1
            first < LENGTH_QUOTE -> place + 1 + first
            first == LENGTH_QUOTE -> afterQuoted(encoded, place + 1)
            else -> (place until encoded.size).firstOrNull { encoded[it] == 0.toByte() }?.plus(1) ?: encoded.size
        }
    }

    private fun afterQuoted(encoded: ByteArray, place: Int): Int {
        var length = 0L
        for (next in place until minOf(place + 5, encoded.size)) {
            length = length * 128 + at(encoded, next) % 128
            if (at(encoded, next) < 128) return minOf(next + 1 + length, encoded.size.toLong()).toInt()
        }
        return encoded.size
    }

    private fun at(encoded: ByteArray, place: Int): Int = encoded[place].toInt() and 0xFF
}
