// Each line that ends in "refused" must be refused by the compiler, or the check is blind there.
package planted

import android.app.PendingIntent
import android.content.Context
import android.telephony.SmsManager

fun wrongCalls(context: Context, sms: SmsManager, nothing: String?) {
    sms.sendTextMessageTwice("+34600111222", null, "hi", null, null) // refused
    sms.sendTextMessage("+34600111222", null, 7, null, null) // refused
    sms.divideMessage(nothing).size // the parameter has no annotation in API 33
    context.getSystemService(nothing) // refused
    PendingIntent.getBroadcast(context, 0, null, 0) // refused
    java.net.http.HttpClient.newHttpClient() // refused
    java.util.stream.Stream.of(1).toList() // refused
    (" x " as java.lang.String).strip() // refused
    java.lang.ProcessHandle.current() // refused
}
