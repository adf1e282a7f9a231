package dev.roost.phone.screen

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.view.View
import android.widget.EditText
import android.widget.TextView
import dev.roost.phone.R
import dev.roost.phone.core.call.PairingFailed
import dev.roost.phone.core.call.PairingLink
import dev.roost.phone.core.call.SignInPage
import dev.roost.phone.core.call.Trouble
import dev.roost.phone.work.engine

/**
 * One tap on the link, one tap on yes. Whoever types the address of their server instead signs in there, in the browser,
 * and comes back with a link. The server's name is shown first: another app could claim the scheme, and a web
 * page could hold a link to somebody else's server.
 */
class PairActivity : Activity() {
    private var link: PairingLink? = null

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.pair)
        findViewById<View>(R.id.no).setOnClickListener { finish() }
        findViewById<View>(R.id.yes).setOnClickListener { yes() }
        read(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        read(intent)
    }

    private fun read(intent: Intent) {
        link = null
        val text = intent.dataString
        if (text == null) askForLink() else consider(text)
    }

    private fun askForLink() {
        show(getString(R.string.pair_title), "")
        visible(R.id.link, true)
        visible(R.id.link_label, true)
    }

    /** Nothing is sent yet. */
    private fun consider(text: String) {
        try {
            val found = PairingLink.parse(text)
            link = found
            show(getString(R.string.pair_question, found.host), getString(R.string.pair_explanation))
            visible(R.id.link, false)
            visible(R.id.link_label, false)
        } catch (failed: PairingFailed) {
            askForLink()
            show(getString(R.string.pair_title), troubleText(this, failed))
        }
    }

    private fun considerTyped(text: String) {
        try {
            val page = SignInPage.of(text, Build.MODEL)
            if (page == null) consider(text) else startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(page)))
        } catch (failed: PairingFailed) {
            show(getString(R.string.pair_title), troubleText(this, failed))
        } catch (_: ActivityNotFoundException) {
            show(getString(R.string.pair_title), troubleText(this, PairingFailed(Trouble.NO_BROWSER)))
        }
    }

    private fun yes() {
        val agreed = link
        if (agreed == null) {
            considerTyped(findViewById<EditText>(R.id.link).text.toString())
            return
        }
        findViewById<View>(R.id.yes).isEnabled = false
        show(getString(R.string.pair_working), "")
        engine.ask({ it.pair(agreed) }) { failure -> if (failure == null) paired() else failed(failure) }
    }

    private fun paired() {
        engine.startPush()
        startActivity(Intent(this, ChecklistActivity::class.java))
        finish()
    }

    private fun failed(failure: Exception) {
        findViewById<View>(R.id.yes).isEnabled = true
        show(getString(R.string.pair_question, link?.host.orEmpty()), troubleText(this, failure))
    }

    private fun show(question: String, explanation: String) {
        findViewById<TextView>(R.id.question).text = question
        findViewById<TextView>(R.id.explanation).text = explanation
    }

    private fun visible(id: Int, isVisible: Boolean) {
        findViewById<View>(id).visibility = if (isVisible) View.VISIBLE else View.GONE
    }
}
