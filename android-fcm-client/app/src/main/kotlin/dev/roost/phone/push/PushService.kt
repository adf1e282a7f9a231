package dev.roost.phone.push

import com.google.firebase.messaging.FirebaseMessagingService
import com.google.firebase.messaging.RemoteMessage
import dev.roost.phone.core.Wake
import dev.roost.phone.work.Notices
import dev.roost.phone.work.PollJob
import dev.roost.phone.work.Presence
import dev.roost.phone.work.engine

/** A push says nothing but "call". About 20 s are given here, so this only writes it down and starts the work. */
class PushService : FirebaseMessagingService() {
    override fun onMessageReceived(message: RemoteMessage) {
        val wake = Wake(message.data["n"], nameOf(message.priority), nameOf(message.originalPriority))
        engine.wake(wake)
        if (wake.priority == Wake.HIGH) {
            Notices(this).woken()
            if (!Presence.show(this)) PollJob.now(this)
        }
    }

    /** Google dropped more than a hundred wakes. */
    override fun onDeletedMessages() = engine.later { it.wantClaim() }

    override fun onNewToken(token: String) = engine.later { phone ->
        phone.firebase?.let { phone.pushRegistered(token, it.projectId) }
    }

    private fun nameOf(priority: Int): String =
        if (priority == RemoteMessage.PRIORITY_HIGH) Wake.HIGH else "normal"
}
