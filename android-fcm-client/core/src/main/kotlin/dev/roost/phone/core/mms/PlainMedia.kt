package dev.roost.phone.core.mms

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.InetAddress
import java.net.Socket
import java.net.URI
import javax.net.ssl.HttpsURLConnection
import javax.net.ssl.SSLSocketFactory

/** [MediaHttp] with what both Java and Android have. [mayFetchFrom] is asked about the address that was connected to. */
class PlainMedia(private val mayFetchFrom: (InetAddress) -> Boolean = ::isPublic) : MediaHttp {
    override fun fetch(url: String, mostBytes: Long): Fetched {
        val connection = opened(url) as? HttpsURLConnection ?: throw IOException("not https")
        connection.sslSocketFactory = GuardedSockets(connection.sslSocketFactory, mayFetchFrom)
        try {
            val status = connection.responseCode
            if (status !in 200..299) return Fetched(status, null)
            val content = connection.inputStream.use { readAtMost(it, mostBytes + 1) }
            val type = connection.contentType.orEmpty().substringBefore(';').trim().lowercase()
            return Fetched(status, MediaFile(type, content), isCut = content.size > mostBytes)
        } finally {
            connection.disconnect()
        }
    }

    override fun put(url: String, headers: Map<String, String>, content: ByteArray): Int {
        val connection = opened(url)
        try {
            connection.requestMethod = "PUT"
            connection.doOutput = true
            connection.setFixedLengthStreamingMode(content.size)
            for ((name, value) in headers) connection.setRequestProperty(name, value)
            connection.outputStream.use { it.write(content) }
            return connection.responseCode
        } finally {
            connection.disconnect()
        }
    }

    private fun opened(url: String): HttpURLConnection {
        val connection =
            URI.create(url).toURL().openConnection() as? HttpURLConnection ?: throw IOException("no http address")
        connection.connectTimeout = CONNECT_MS
        connection.readTimeout = READ_MS
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        return connection
    }

    /** A site that gives a byte a second must not keep the phone from its other messages. */
    private fun readAtMost(stream: InputStream, most: Long): ByteArray {
        val out = ByteArrayOutputStream()
        val buffer = ByteArray(8_192)
        val until = System.nanoTime() + LONGEST_FETCH_NS
        while (out.size() < most) {
            val read = stream.read(buffer, 0, minOf(buffer.size.toLong(), most - out.size()).toInt())
            if (read < 0) break
            out.write(buffer, 0, read)
            if (System.nanoTime() > until) throw IOException("the file takes too long")
        }
        return out.toByteArray()
    }

    private companion object {
        const val CONNECT_MS = 10_000
        const val READ_MS = 20_000
        const val LONGEST_FETCH_NS = 60_000_000_000
    }
}

/**
 * Refuses a connection by the address it has, before a byte is sent over it. A name that was looked up beforehand could
 * have another address by the time it is connected to.
 */
private class GuardedSockets(
    private val real: SSLSocketFactory,
    private val mayConnect: (InetAddress) -> Boolean,
) : SSLSocketFactory() {
    override fun getDefaultCipherSuites(): Array<String> = real.defaultCipherSuites

    override fun getSupportedCipherSuites(): Array<String> = real.supportedCipherSuites

    /** The way both Java and Android go for https: TLS on top of a socket that is connected. */
    override fun createSocket(connected: Socket, host: String, port: Int, autoClose: Boolean): Socket {
        if (!mayConnect(connected.inetAddress)) {
            connected.close()
            throw IOException("not a public address")
        }
        return real.createSocket(connected, host, port, autoClose)
    }

    override fun createSocket(host: String, port: Int): Socket = throw IOException(UNGUARDED)

    override fun createSocket(host: String, port: Int, local: InetAddress, localPort: Int): Socket =
        throw IOException(UNGUARDED)

    override fun createSocket(host: InetAddress, port: Int): Socket = throw IOException(UNGUARDED)

    override fun createSocket(host: InetAddress, port: Int, local: InetAddress, localPort: Int): Socket =
        throw IOException(UNGUARDED)

    private companion object {
        const val UNGUARDED = "a connection that cannot be looked at first"
    }
}
