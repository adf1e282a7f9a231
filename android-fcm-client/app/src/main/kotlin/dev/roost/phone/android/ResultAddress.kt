package dev.roost.phone.android

/** `roost-job://<job_id>/<attempt>/<part>/<sent|delivered>`: what a result says it is about (protocol §8). */
data class ResultAddress(val jobId: String, val attempt: Long, val part: Int, val kind: String) {
    val uri: String
        get() = "$SCHEME://$jobId/$attempt/$part/$kind"

    companion object {
        const val SENT = "sent"
        const val DELIVERED = "delivered"
        private const val SCHEME = "roost-job"
        private val SHAPE = Regex("$SCHEME://([^/]+)/(\\d+)/(\\d+)/($SENT|$DELIVERED)")

        fun parse(uri: String): ResultAddress? =
            SHAPE.matchEntire(uri)?.destructured?.let { (jobId, attempt, part, kind) ->
                ResultAddress(jobId, attempt.toLong(), part.toInt(), kind)
            }
    }
}
