package dev.roost.phone.screen

import android.app.Activity
import android.os.Bundle
import android.widget.ScrollView
import android.widget.TextView
import dev.roost.phone.R
import dev.roost.phone.RoostApplication

/** What the phone told, newest at the end. */
class LogActivity : Activity() {
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.log)
        val text = (application as RoostApplication).log.text()
        findViewById<TextView>(R.id.lines).text = text.ifEmpty { getString(R.string.log_empty) }
        val scroll = findViewById<ScrollView>(R.id.scroll)
        scroll.post { scroll.fullScroll(ScrollView.FOCUS_DOWN) }
    }
}
