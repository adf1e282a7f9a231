package dev.roost.phone.screen

import android.content.Context
import dev.roost.phone.R
import dev.roost.phone.core.call.PairingFailed
import dev.roost.phone.core.call.Trouble

private val TEXTS =
    mapOf(
        Trouble.NOT_A_LINK to R.string.trouble_not_a_link,
        Trouble.LINK_CUT_SHORT to R.string.trouble_link_cut_short,
        Trouble.NO_ADDRESS to R.string.trouble_no_address,
        Trouble.NOT_HTTPS to R.string.trouble_not_https,
        Trouble.CODE_USED to R.string.trouble_code_used,
        Trouble.CODE_EXPIRED to R.string.trouble_code_expired,
        Trouble.TOO_MANY_CODES to R.string.trouble_too_many_codes,
        Trouble.NOT_ROOST to R.string.trouble_not_roost,
        Trouble.REFUSED to R.string.trouble_refused,
        Trouble.UNREACHABLE to R.string.trouble_unreachable,
        Trouble.ASKED_TO_WAIT to R.string.trouble_asked_to_wait,
        Trouble.REPORTS_WAITING to R.string.trouble_reports_waiting,
        Trouble.NOT_CONFIRMED to R.string.trouble_not_confirmed,
        Trouble.NO_BROWSER to R.string.trouble_no_browser,
    )

/** What happened and what to do, in the owner's language. */
fun troubleText(context: Context, failure: Exception): String =
    if (failure is PairingFailed) context.getString(TEXTS.getValue(failure.trouble), failure.detail)
    else context.getString(R.string.trouble_refused, failure.javaClass.simpleName)
