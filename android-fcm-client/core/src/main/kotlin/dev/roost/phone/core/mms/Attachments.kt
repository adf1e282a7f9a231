package dev.roost.phone.core.mms

import dev.roost.phone.core.Gate
import dev.roost.phone.core.radio.OwnError
import dev.roost.phone.core.wire.MmsContent
import java.io.IOException

/** What came of the URLs of an MMS. */
sealed interface Gathered

class AllHere(val files: List<MediaFile>) : Gathered

class CannotGo(val problem: OwnError) : Gathered

/** Fetches what an MMS carries, before the radio is asked; what may not be sent fails its message with the reason. */
class Attachments(private val media: MediaHttp, private val gate: Gate) {
    /** Stops at the first file that is wrong. Others may come into the phone meanwhile. */
    fun gather(mms: MmsContent): Gathered {
        val files = ArrayList<MediaFile>()
        var left = mms.maxBytes
        for (url in mms.urls) {
            val found = fetch(url, left) ?: return CannotGo(OwnError.MEDIA_FETCH_FAILED)
            val file = found.file ?: return CannotGo(OwnError.MEDIA_FETCH_FAILED)
            if (file.contentType !in mms.types) return CannotGo(OwnError.MEDIA_WRONG_TYPE)
            if (found.isCut) return CannotGo(OwnError.MEDIA_TOO_LARGE)
            left -= file.content.size
            files += file
        }
        return AllHere(files)
    }

    private fun fetch(url: String, mostBytes: Long): Fetched? =
        try {
            gate.outside { media.fetch(url, mostBytes) }
        } catch (_: IOException) {
            null
        } catch (_: IllegalArgumentException) {
            null
        }
}
