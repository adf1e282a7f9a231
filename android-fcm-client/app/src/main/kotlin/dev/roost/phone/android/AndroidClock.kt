package dev.roost.phone.android

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import dev.roost.phone.core.time.Clock

class AndroidClock(context: Context) : Clock {
    /** Android counts its boots; a phone that does not is told apart by when it booted, to within ten seconds. */
    override val bootId: String =
        Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, -1)
            .let { count -> if (count >= 0) "b_$count" else "b_w${(wallMs() - elapsedMs()) / 10_000}" }

    override fun wallMs(): Long = System.currentTimeMillis()

    override fun elapsedMs(): Long = SystemClock.elapsedRealtime()
}
