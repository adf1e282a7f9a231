package dev.roost.phone.work

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import android.os.Build

/** The phone's own clock: every 15 minutes, Android's minimum, and after a boot. It never sleeps inside the job. */
class PollJob : JobService() {
    override fun onStartJob(parameters: JobParameters): Boolean {
        engine.ask({ phone ->
            phone.wantClaim()
            phone.tick()
            if (!phone.status().hasPush) engine.startPush()
        }) { failure -> jobFinished(parameters, failure != null) }
        return true
    }

    /** The engine goes on if it can; whatever it was doing is on disk. */
    override fun onStopJob(parameters: JobParameters): Boolean = true

    companion object {
        private const val PERIODIC = 1
        private const val NOW = 2
        private const val PERIOD_MS = 15L * 60 * 1_000

        fun schedule(context: Context) {
            val jobs = context.getSystemService(JobScheduler::class.java)
            if (jobs.getPendingJob(PERIODIC) != null) return
            jobs.schedule(builder(context, PERIODIC).setPeriodic(PERIOD_MS).setPersisted(true).build())
        }

        /** Android 12 lets an expedited job start where it refuses a foreground service. */
        fun now(context: Context) {
            val job = builder(context, NOW)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) job.setExpedited(true)
            context.getSystemService(JobScheduler::class.java).schedule(job.build())
        }

        private fun builder(context: Context, id: Int) =
            JobInfo.Builder(id, ComponentName(context, PollJob::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
    }
}
