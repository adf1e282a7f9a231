package dev.roost.phone

import android.app.Application
import dev.roost.phone.work.Engine
import dev.roost.phone.work.OwnerLog

/** Every way into this process (screen, push, broadcast, job) finds the one engine here. */
class RoostApplication : Application() {
    val log by lazy { OwnerLog(this) }

    val engine by lazy { Engine(this) }

    override fun onCreate() {
        super.onCreate()
        engine.start()
    }
}
