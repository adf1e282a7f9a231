package dev.roost.phone.work

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.database.SQLException
import android.net.ConnectivityManager
import android.net.Network
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.os.PowerManager
import dev.roost.phone.RoostApplication
import dev.roost.phone.android.AndroidHandset
import dev.roost.phone.android.AndroidRadio
import dev.roost.phone.android.AndroidSql
import dev.roost.phone.android.KeystoreSeal
import dev.roost.phone.android.Sims
import dev.roost.phone.core.Phone
import dev.roost.phone.core.Ports
import dev.roost.phone.core.Tell
import dev.roost.phone.core.Wake
import dev.roost.phone.core.mms.PlainMedia
import dev.roost.phone.core.server.PlainHttp
import dev.roost.phone.core.time.MINUTE
import dev.roost.phone.push.FirebaseStart
import java.util.concurrent.Executors

val Context.engine: Engine
    get() = (applicationContext as RoostApplication).engine

/** Runs the core: one thread works, another takes what Android delivers, and neither waits for the other's network. */
class Engine(private val app: RoostApplication) {
    private val working = HandlerThread("roost").apply { start() }
    private val handler = Handler(working.looper)
    private val receiving = Executors.newSingleThreadExecutor()
    private val screen = Handler(Looper.getMainLooper())
    private val wakeLock =
        app.getSystemService(PowerManager::class.java).newWakeLock(PowerManager.PARTIAL_WAKE_LOCK, "roost:work")
            .apply { setReferenceCounted(false) }

    /** Somebody asked for work that has not begun. */
    private var isDue = false

    /** What Android told and the receiving thread has not written yet. */
    private var unwritten = 0
    private val presence = Presence(app)
    private val handset = AndroidHandset(app, Sims(app))

    val phone =
        Phone(
            Ports(
                sql = AndroidSql(app),
                handset = handset,
                radio = AndroidRadio(app, Sims(app), handset.clock) { answer -> later { it.take(answer) } },
                http = PlainHttp(),
                media = PlainMedia(),
                seal = KeystoreSeal(),
                tell = Tell(app.log::add),
            ),
        )

    /** At each start of the process. */
    fun start() {
        startPush()
        PollJob.schedule(app)
        app.getSystemService(ConnectivityManager::class.java).registerDefaultNetworkCallback(
            object : ConnectivityManager.NetworkCallback() {
                override fun onAvailable(network: Network) = later { it.networkAvailable() }
            },
        )
        app.registerReceiver(StartReceiver(), IntentFilter(Intent.ACTION_POWER_CONNECTED))
        later { ExitReasons.tell(app, it) }
    }

    /** Before anything else in this process, so that a push finds Firebase running. Without a pairing there is none. */
    fun startPush() {
        phone.firebase?.let { firebase -> FirebaseStart.start(app, firebase) }
    }

    /** Look at once at what is due. Who woke the processor lets it sleep when this returns, so it is kept awake here. */
    fun poke() {
        stayAwake { isDue = true }
        postWork()
    }

    private fun postWork() {
        handler.removeCallbacks(work)
        handler.post(work)
    }

    private fun stayAwake(because: () -> Unit) = synchronized(wakeLock) {
        because()
        wakeLock.acquire(LONGEST_WORK_MS)
    }

    /** Only when neither thread has anything left: the other one's fact may be unwritten while this one is done. */
    private fun maySleep() = synchronized(wakeLock) { if (!isDue && unwritten == 0) wakeLock.release() }

    private val work = Runnable {
        stayAwake { isDue = false }
        try {
            val wait = phone.tick()
            presence.update(phone.status())
            rest(wait)
        } catch (error: SQLException) {
            // A full disk. Nothing was half done: each step is a transaction.
            app.log.add("the phone's storage cannot be written: ${error.javaClass.simpleName}")
            rest(MINUTE)
        } finally {
            maySleep()
        }
    }

    /** A handler sleeps with the processor, an alarm wakes it. Both may come: looking once more costs nothing. */
    private fun rest(waitMs: Long) {
        handler.postDelayed(work, waitMs)
        AlarmReceiver.set(app, waitMs)
    }

    /** For a broadcast receiver: [pending] is finished as soon as the fact is on disk. */
    fun receive(pending: BroadcastReceiver.PendingResult, write: (Phone) -> Unit) {
        later {
            try {
                write(it)
            } finally {
                pending.finish()
            }
        }
    }

    /** Off the caller's thread, then look at what is due. */
    fun later(change: (Phone) -> Unit) {
        stayAwake { unwritten++ }
        receiving.execute {
            written(change)
            stayAwake {
                unwritten--
                isDue = true
            }
            postWork()
        }
    }

    /** On the caller's thread: once a push service returns, nobody waits for what it was told. */
    fun wake(wake: Wake) {
        written { it.wake(wake) }
        poke()
    }

    private fun written(change: (Phone) -> Unit) {
        try {
            change(phone)
        } catch (error: SQLException) {
            app.log.add("what Android told could not be written: ${error.javaClass.simpleName}")
        }
    }

    /** Calls the server, so on the working thread; [then] on the screen's. */
    fun ask(question: (Phone) -> Unit, then: (Exception?) -> Unit) {
        handler.post {
            val failure =
                try {
                    question(phone)
                    null
                } catch (failure: Exception) {
                    failure
                }
            screen.post { then(failure) }
            poke()
        }
    }

    private companion object {
        /** Longer than any call may take; the system takes the lock back if the process hangs. */
        const val LONGEST_WORK_MS = 10 * MINUTE
    }
}
