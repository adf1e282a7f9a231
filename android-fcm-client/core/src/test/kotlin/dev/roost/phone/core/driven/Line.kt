package dev.roost.phone.core.driven

import dev.roost.phone.core.json.Json
import dev.roost.phone.core.json.JsonObject

/**
 * One JSON object per line: the harness orders (`do`), this process asks back for what its ports need (`ask`), and at
 * last it is `done`. Every line from the harness carries the world as the phone may see it.
 */
class Line {
    private val input = System.`in`.bufferedReader()
    private val output = System.out.bufferedWriter()

    var world = JsonObject(emptyMap())
        private set

    /** null at the end: the harness went away. */
    fun read(): JsonObject? {
        val order = JsonObject.parse(input.readLine() ?: return null)
        world = order.objOrNull("world") ?: world
        return order
    }

    fun write(message: Map<String, Any?>) {
        output.write(Json.write(message))
        output.newLine()
        output.flush()
    }

    fun ask(what: String, args: Map<String, Any?> = emptyMap()): JsonObject {
        write(mapOf("ask" to what) + args)
        return read() ?: throw IllegalStateException("the harness went away")
    }
}
