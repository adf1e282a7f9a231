package dev.roost.phone.core.mms

import java.io.IOException

/** [contentType] in lower case without parameters, empty if none was said. */
class MediaFile(val contentType: String, val content: ByteArray)

/** [file] null for a status that is no success. [isCut]: there was more than the caller takes. */
class Fetched(val status: Int, val file: MediaFile?, val isCut: Boolean = false)

/** The files of MMS on their way over the network. Neither follows a redirect. */
interface MediaHttp {
    /**
     * What a stranger's URL holds, at most [mostBytes] of it. Only https, and only from public addresses: a phone stands
     * in its owner's network and must not be made to send out what only that network may see.
     */
    @Throws(IOException::class)
    fun fetch(url: String, mostBytes: Long): Fetched

    /** Put a file where our own server says; the status. */
    @Throws(IOException::class)
    fun put(url: String, headers: Map<String, String>, content: ByteArray): Int
}
