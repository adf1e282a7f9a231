package dev.roost.phone.core.fakes

import dev.roost.phone.core.mms.Fetched
import dev.roost.phone.core.mms.MediaFile
import dev.roost.phone.core.mms.MediaHttp

/** A bucket that takes what is put, and pages that hold what a test says. */
class FakeMedia : MediaHttp {
    val pages = HashMap<String, MediaFile>()
    val bucket = HashMap<String, ByteArray>()
    var isOffline = false
    var onFetch: () -> Unit = {}

    override fun fetch(url: String, mostBytes: Long): Fetched {
        onFetch()
        if (isOffline) offline()
        val file = pages[url] ?: return Fetched(404, null)
        return Fetched(200, file, isCut = file.content.size > mostBytes)
    }

    override fun put(url: String, headers: Map<String, String>, content: ByteArray): Int {
        if (isOffline) offline()
        bucket[url] = content
        return 200
    }
}
