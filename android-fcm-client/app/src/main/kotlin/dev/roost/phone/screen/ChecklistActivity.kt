package dev.roost.phone.screen

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Bundle
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.TextView
import dev.roost.phone.R
import dev.roost.phone.work.engine

/** Everything a sender needs, each with its reason and a button that puts it right. */
class ChecklistActivity : Activity() {
    private val checks by lazy { Checks(this) }
    private var wasRefusedUnasked = false

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.checklist)
    }

    override fun onResume() {
        super.onResume()
        show()
    }

    private fun show() {
        val list = findViewById<ViewGroup>(R.id.checks)
        list.removeAllViews()
        for (check in checks.all()) list.addView(row(list, check))
    }

    private fun row(list: ViewGroup, check: Check): View {
        val row = layoutInflater.inflate(R.layout.check, list, false)
        val isRight = check.isRight()
        val name = getString(check.name)
        row.findViewById<TextView>(R.id.name).text =
            getString(if (isRight) R.string.check_ok else R.string.check_wrong, name)
        row.findViewById<TextView>(R.id.why).setText(why(check))
        val fix = row.findViewById<Button>(R.id.fix)
        fix.contentDescription = "${getString(R.string.action_fix)}: $name"
        fix.visibility = if (isRight) View.GONE else View.VISIBLE
        fix.setOnClickListener { repair(check.fix) }
        return row
    }

    private fun why(check: Check): Int =
        if (wasRefusedUnasked && check.name == R.string.check_sms && !check.isRight()) R.string.check_sms_restricted
        else check.why

    private fun repair(fix: Fix) {
        when (fix) {
            is Ask -> if (wasRefusedUnasked) open(checks.appInfo) else requestPermissions(fix.permissions.toTypedArray(), 1)
            is Open -> open(fix.page)
        }
    }

    /** Some makers leave pages out; App info is always there. */
    private fun open(page: Intent) {
        try {
            startActivity(page)
        } catch (_: ActivityNotFoundException) {
            startActivity(checks.appInfo)
        }
    }

    /** Denied, and Android sees no reason to explain: it did not ask, or was told never to ask again. */
    override fun onRequestPermissionsResult(code: Int, permissions: Array<out String>, results: IntArray) {
        wasRefusedUnasked = permissions.zip(results.toTypedArray()).any { (permission, result) ->
            result != PackageManager.PERMISSION_GRANTED && !shouldShowRequestPermissionRationale(permission)
        }
        engine.poke()
        show()
    }
}
