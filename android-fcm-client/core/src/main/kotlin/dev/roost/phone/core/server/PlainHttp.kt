package dev.roost.phone.core.server

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URI

/** [Http] with what both Java and Android have. */
class PlainHttp : Http {
    override fun request(method: String, url: String, headers: Map<String, String>, body: String): HttpAnswer {
        val connection = URI.create(url).toURL().openConnection() as? HttpURLConnection ?: throw IOException("no http address")
        try {
            prepare(connection, method, headers)
            connection.outputStream.use { it.write(body.toByteArray()) }
            val status = connection.responseCode
            val stream: InputStream? = if (status >= 400) connection.errorStream else connection.inputStream
            val text = stream?.use(::readAll).orEmpty()
            return HttpAnswer(status, text, connection.getHeaderField("Retry-After"))
        } finally {
            connection.disconnect()
        }
    }

    private fun prepare(connection: HttpURLConnection, method: String, headers: Map<String, String>) {
        connection.requestMethod = method
        connection.connectTimeout = CONNECT_MS
        connection.readTimeout = READ_MS
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        connection.doOutput = true
        connection.setRequestProperty("Content-Type", "application/json")
        for ((name, value) in headers) connection.setRequestProperty(name, value)
    }

    /** An answer of more than [LARGEST] bytes is not ours; reading on would only fill the memory. */
    private fun readAll(stream: InputStream): String {
        val out = ByteArrayOutputStream()
        val buffer = ByteArray(8_192)
        while (true) {
            val read = stream.read(buffer)
            if (read < 0) return String(out.toByteArray())
            out.write(buffer, 0, read)
            if (out.size() > LARGEST) throw IOException("the answer is too long")
        }
    }

    private companion object {
        const val CONNECT_MS = 10_000
        const val READ_MS = 20_000
        const val LARGEST = 4_000_000
    }
}
