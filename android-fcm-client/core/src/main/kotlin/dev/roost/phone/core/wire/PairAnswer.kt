package dev.roost.phone.core.wire

import dev.roost.phone.core.json.JsonObject
import dev.roost.phone.core.time.fromWire

/** What an app needs to start Firebase at run time; none of it is secret. */
data class Firebase(val applicationId: String, val apiKey: String, val projectId: String, val senderId: String) {
    companion object {
        fun of(json: JsonObject) =
            Firebase(json.text("application_id"), json.text("api_key"), json.text("project_id"), json.text("sender_id"))
    }
}

/** [firebase] null: no push, polling only. Throws NotOurJson for what no Roost server answers. */
class PairAnswer(json: JsonObject) {
    val deviceId: String = json.text("device_id")
    val token: String = json.text("token")
    val serverTimeMs: Long = fromWire(json.text("server_time"))
    val firebase: JsonObject? = json.objOrNull("firebase")?.also { Firebase.of(it) }
    val config: JsonObject = (json.objOrNull("config") ?: JsonObject(emptyMap())).also { Config(it) }
}
