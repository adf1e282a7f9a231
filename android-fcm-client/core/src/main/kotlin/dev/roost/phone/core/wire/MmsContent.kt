package dev.roost.phone.core.wire

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject

/** What an MMS carries beside its text: [urls] to fetch, [maxBytes] of all together, [types] that may be sent. */
class MmsContent(private val json: JsonObject) {
    val urls: List<String> = json.objects("parts").map { it.text("url") }
    val maxBytes: Long = json.longOrNull("max_bytes") ?: 1_000_000
    val types: List<String> = json.listOrNull("types")?.let { json.texts("types") }.orEmpty()

    /** As it came. */
    val written: String
        get() = Json.write(json)
}
