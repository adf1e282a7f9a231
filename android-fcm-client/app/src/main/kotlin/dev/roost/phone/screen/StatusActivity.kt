package dev.roost.phone.screen

import android.app.Activity
import android.app.AlertDialog
import android.content.Intent
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.text.format.DateUtils
import android.view.View
import android.widget.TextView
import dev.roost.phone.R
import dev.roost.phone.core.Status
import dev.roost.phone.core.server.Standing
import dev.roost.phone.work.engine
import kotlin.math.abs

/** How the phone is, and what its owner should do about it. */
class StatusActivity : Activity() {
    private val screen = Handler(Looper.getMainLooper())
    private val refresh = Runnable { show() }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.status)
        opens(R.id.pair, PairActivity::class.java)
        opens(R.id.checklist, ChecklistActivity::class.java)
        opens(R.id.log, LogActivity::class.java)
        findViewById<View>(R.id.confirm_sims).setOnClickListener { engine.later { it.confirmSims() } }
        findViewById<View>(R.id.unpair).setOnClickListener { askToLeave() }
    }

    override fun onResume() {
        super.onResume()
        engine.later { it.wantClaim() }
        show()
    }

    override fun onPause() {
        super.onPause()
        screen.removeCallbacks(refresh)
    }

    private fun opens(button: Int, activity: Class<out Activity>) =
        findViewById<View>(button).setOnClickListener { startActivity(Intent(this, activity)) }

    private fun show() {
        val status = engine.phone.status()
        text(R.id.standing, getString(STANDINGS.getValue(status.standing).first))
        text(R.id.advice, getString(STANDINGS.getValue(status.standing).second))
        text(R.id.facts, facts(status).joinToString("\n"))
        visible(R.id.pair, status.standing in setOf(Standing.UNPAIRED, Standing.BAD_TOKEN, Standing.PAIR_AGAIN, Standing.REMOVED))
        visible(R.id.confirm_sims, status.standing != Standing.UNPAIRED && status.needsSimConfirmation)
        visible(R.id.unpair, status.standing.mayCall)
        screen.postDelayed(refresh, REFRESH_MS)
    }

    private fun facts(status: Status): List<String> {
        if (status.standing == Standing.UNPAIRED) return emptyList()
        val facts = mutableListOf(
            getString(R.string.fact_server, status.server.orEmpty()),
            getString(R.string.fact_held, status.held),
            getString(R.string.fact_outbox, status.outbox),
            getString(R.string.fact_push, getString(if (status.hasPush) R.string.fact_yes else R.string.fact_no)),
        )
        if (status.outbox > 0) facts += getString(R.string.fact_outbox_age, elapsed(status.outboxSeconds))
        if (status.quarantined > 0) facts += getString(R.string.fact_quarantined, status.quarantined)
        val error = abs(status.clockErrorMs ?: 0)
        if (error > WRONG_CLOCK_MS) facts += getString(R.string.fact_clock, elapsed(error / 1_000))
        return facts
    }

    private fun elapsed(seconds: Long): String = DateUtils.formatElapsedTime(seconds)

    /** Unchanged text is not set again, or a screen reader would read it every two seconds. */
    private fun text(id: Int, text: String) {
        val view = findViewById<TextView>(id)
        if (view.text.toString() != text) view.text = text
    }

    private fun visible(id: Int, isVisible: Boolean) {
        findViewById<View>(id).visibility = if (isVisible) View.VISIBLE else View.GONE
    }

    private fun askToLeave() {
        AlertDialog.Builder(this)
            .setTitle(R.string.unpair_question)
            .setMessage(R.string.unpair_explanation)
            .setNegativeButton(android.R.string.cancel, null)
            .setPositiveButton(R.string.action_unpair) { _, _ ->
                engine.ask({ it.unpair() }) { failure -> if (failure != null) tell(failure) else show() }
            }
            .show()
    }

    private fun tell(failure: Exception) {
        if (!isFinishing) AlertDialog.Builder(this).setMessage(troubleText(this, failure)).show()
    }

    private companion object {
        const val REFRESH_MS = 2_000L
        const val WRONG_CLOCK_MS = 60_000L

        val STANDINGS =
            mapOf(
                Standing.UNPAIRED to (R.string.standing_unpaired to R.string.advice_unpaired),
                Standing.ACTIVE to (R.string.standing_active to R.string.advice_active),
                Standing.SUSPENDED to (R.string.standing_suspended to R.string.advice_suspended),
                Standing.BAD_TOKEN to (R.string.standing_bad_token to R.string.advice_bad_token),
                Standing.UPGRADE_REQUIRED to (R.string.standing_upgrade_required to R.string.advice_upgrade_required),
                Standing.PAIR_AGAIN to (R.string.standing_pair_again to R.string.advice_pair_again),
                Standing.REMOVED to (R.string.standing_removed to R.string.advice_removed),
            )
    }
}
