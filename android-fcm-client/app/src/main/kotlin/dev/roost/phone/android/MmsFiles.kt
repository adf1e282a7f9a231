package dev.roost.phone.android

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import java.io.File
import java.io.FileNotFoundException

/**
 * Hands an encoded MMS to the system, which takes no bytes but an address to read them from. Not exported: whoever is
 * asked to send gets the right to read this one file from Android.
 */
class MmsFiles : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        val name = uri.lastPathSegment.orEmpty()
        val context = context
        if (context == null || !NAME.matches(name) || mode != "r") throw FileNotFoundException(name)
        return ParcelFileDescriptor.open(File(folder(context), name), ParcelFileDescriptor.MODE_READ_ONLY)
    }

    override fun getType(uri: Uri): String = "application/vnd.wap.mms-message"

    override fun query(
        uri: Uri, columns: Array<String>?, where: String?, args: Array<String>?, order: String?,
    ): Cursor? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, args: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, args: Array<String>?): Int = 0

    companion object {
        private val NAME = Regex("[A-Za-z0-9_-]{1,100}\\.pdu")
        private const val OLD_MS = 3_600_000L

        private fun folder(context: Context) = File(context.filesDir, "mms")

        private fun name(jobId: String, attempt: Long) = "$jobId-$attempt.pdu"

        /** Throws IOException on a full disk. */
        fun keep(context: Context, jobId: String, attempt: Long, content: ByteArray): Uri {
            val folder = folder(context)
            folder.mkdirs()
            dropOld(folder)
            File(folder, name(jobId, attempt)).writeBytes(content)
            return Uri.parse("content://${context.packageName}.mms/${name(jobId, attempt)}")
        }

        /** Once its result is there nothing of a message stays. */
        fun drop(context: Context, jobId: String, attempt: Long) {
            File(folder(context), name(jobId, attempt)).delete()
        }

        /** Files whose result never came. The system reads a file when it begins to send, not later. */
        private fun dropOld(folder: File) {
            val before = System.currentTimeMillis() - OLD_MS
            folder.listFiles()?.filter { it.lastModified() < before }?.forEach { it.delete() }
        }
    }
}
