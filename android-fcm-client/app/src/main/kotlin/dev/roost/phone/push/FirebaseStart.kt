package dev.roost.phone.push

import android.os.Process
import com.google.firebase.FirebaseApp
import com.google.firebase.FirebaseOptions
import com.google.firebase.messaging.FirebaseMessaging
import dev.roost.phone.RoostApplication
import dev.roost.phone.core.wire.Firebase
import dev.roost.phone.work.PollJob

/** Firebase from the pairing answer instead of from the build, so that one APK serves every owner's project. */
object FirebaseStart {
    /** The APK of `make android-check` is built without Google's library: such a phone polls. */
    private val isBuiltIn: Boolean =
        try {
            Class.forName("com.google.firebase.FirebaseApp")
            true
        } catch (_: ClassNotFoundException) {
            false
        }

    /** A failure changes nothing: the server knows the last address, or polls; the next start asks again. */
    fun start(app: RoostApplication, firebase: Firebase) {
        if (!isBuiltIn) {
            app.engine.later { it.pushUnavailable() }
            return
        }
        val running = FirebaseApp.getApps(app).firstOrNull()
        if (running != null && running.options.projectId != firebase.projectId) {
            beginAnew(app)
            return
        }
        if (running == null) FirebaseApp.initializeApp(app, options(firebase))
        FirebaseMessaging.getInstance().token.addOnCompleteListener { task ->
            if (task.isSuccessful) {
                app.engine.later { it.pushRegistered(task.result, firebase.projectId) }
            } else {
                app.log.add("no push address from Google; the phone polls")
            }
        }
    }

    private fun options(firebase: Firebase): FirebaseOptions =
        FirebaseOptions.Builder()
            .setApplicationId(firebase.applicationId)
            .setApiKey(firebase.apiKey)
            .setProjectId(firebase.projectId)
            .setGcmSenderId(firebase.senderId)
            .build()

    /** Firebase keeps its project for as long as the process lives; nothing of ours is only in memory. */
    private fun beginAnew(app: RoostApplication) {
        FirebaseMessaging.getInstance().deleteToken().addOnCompleteListener {
            PollJob.now(app)
            Process.killProcess(Process.myPid())
        }
    }
}
