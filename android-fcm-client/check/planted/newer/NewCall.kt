// Compiles against the newest Android; the audit must find it missing in the oldest.
package planted

import android.telephony.SubscriptionManager

fun numberWithoutAGuard(subscriptions: SubscriptionManager): String = subscriptions.getPhoneNumber(1)
