package dev.roost.phone.core.radio

import dev.roost.phone.core.mms.SendConfirmation

/**
 * Android's SMS result codes (android.telephony.SmsManager, API 33) and what each says about the message. The classes
 * are a judgement from AOSP's comments; in doubt a code is in a class that is not resent.
 */
enum class ErrorClass(val codes: Map<Int, String>) {
    NOT_SUBMITTED(
        mapOf(
            2 to "RADIO_OFF", 4 to "NO_SERVICE", 9 to "RADIO_NOT_AVAILABLE", 29 to "SMS_BLOCKED_DURING_EMERGENCY",
            100 to "RIL_RADIO_NOT_AVAILABLE", 115 to "RIL_INVALID_MODEM_STATE", 116 to "RIL_NETWORK_NOT_READY",
            121 to "RIL_SIMULTANEOUS_SMS_AND_CALL_NOT_ALLOWED", 123 to "RIL_BLOCKED_DUE_TO_CALL",
        ),
    ),
    THROTTLED(
        mapOf(5 to "LIMIT_EXCEEDED", 28 to "UNEXPECTED_EVENT_STOP_SENDING", 106 to "RIL_REQUEST_RATE_LIMITED"),
    ),
    MAYBE_SUBMITTED(
        mapOf(
            13 to "NO_MEMORY", 16 to "MODEM_ERROR", 17 to "NETWORK_ERROR", 22 to "NO_RESOURCES",
            30 to "SMS_SEND_RETRY_FAILED", 31 to "REMOTE_EXCEPTION", 101 to "RIL_SMS_SEND_FAIL_RETRY",
            105 to "RIL_NO_MEMORY", 108 to "RIL_SYSTEM_ERR", 111 to "RIL_MODEM_ERR", 112 to "RIL_NETWORK_ERR",
            113 to "RIL_INTERNAL_ERR", 118 to "RIL_NO_RESOURCES", 124 to "RIL_GENERIC_ERROR",
        ),
    ),
    PERMANENT(
        mapOf(
            3 to "NULL_PDU", 6 to "FDN_CHECK_FAILURE", 7 to "SHORT_CODE_NOT_ALLOWED", 8 to "SHORT_CODE_NEVER_ALLOWED",
            10 to "NETWORK_REJECT", 11 to "INVALID_ARGUMENTS", 12 to "INVALID_STATE", 14 to "INVALID_SMS_FORMAT",
            18 to "ENCODING_ERROR", 19 to "INVALID_SMSC_ADDRESS", 20 to "OPERATION_NOT_ALLOWED",
            24 to "REQUEST_NOT_SUPPORTED", 32 to "NO_DEFAULT_SMS_APP", 102 to "RIL_NETWORK_REJECT",
            103 to "RIL_INVALID_STATE", 104 to "RIL_INVALID_ARGUMENTS", 107 to "RIL_INVALID_SMS_FORMAT",
            109 to "RIL_ENCODING_ERR", 110 to "RIL_INVALID_SMSC_ADDRESS", 114 to "RIL_REQUEST_NOT_SUPPORTED",
            117 to "RIL_OPERATION_NOT_ALLOWED", 120 to "RIL_SIM_ABSENT", 122 to "RIL_ACCESS_BARRED",
        ),
    ),
    UNCLEAR(
        mapOf(
            1 to "GENERIC_FAILURE", 15 to "SYSTEM_ERROR", 21 to "INTERNAL_ERROR", 23 to "CANCELLED",
            33 to "USER_NOT_ALLOWED", 119 to "RIL_CANCELLED",
        ),
    );

    val key: String = name.lowercase()

    companion object {
        fun of(code: Int): ErrorClass = values().firstOrNull { code in it.codes } ?: UNCLEAR
    }
}

/** Refusals of the phone itself; the radio was never asked. */
enum class OwnError(val group: ErrorClass) {
    SIM_NOT_PRESENT(ErrorClass.NOT_SUBMITTED),
    RADIO_NOT_AVAILABLE(ErrorClass.NOT_SUBMITTED),
    PERMISSION_MISSING(ErrorClass.NOT_SUBMITTED),
    TOO_MANY_SEGMENTS(ErrorClass.PERMANENT),
    BAD_ADDRESS(ErrorClass.PERMANENT),
    UNSUPPORTED_KIND(ErrorClass.PERMANENT),
    MEDIA_WRONG_TYPE(ErrorClass.PERMANENT),
    MEDIA_TOO_LARGE(ErrorClass.PERMANENT),
    MEDIA_FETCH_FAILED(ErrorClass.NOT_SUBMITTED),
}

/** The `error` of a report. An unknown number keeps its number as name and is `unclear`. */
fun radioError(code: Int, errorCode: Int?): Map<String, Any?> {
    val group = ErrorClass.of(code)
    return error(group.codes[code] ?: "RESULT_$code", code, errorCode, group)
}

/**
 * Results of an MMS have numbers of their own (SmsManager.MMS_ERROR_*). Those of settings and of a network that is not
 * there come before anything leaves the phone; after the others the carrier may have it. From 129 on it is the carrier's
 * own no: 192 to 223 for now, the others for good.
 */
fun mmsError(code: Int, httpStatus: Int?): Map<String, Any?> {
    if (code > SendConfirmation.OK) {
        val isForNow = code in 192..223
        return error("MMS_REFUSED", code, null, if (isForNow) ErrorClass.NOT_SUBMITTED else ErrorClass.PERMANENT)
    }
    val name = MMS_NAMES[code] ?: return error("MMS_RESULT_$code", code, httpStatus, ErrorClass.UNCLEAR)
    val group = if (code in MMS_NOT_SUBMITTED) ErrorClass.NOT_SUBMITTED else ErrorClass.MAYBE_SUBMITTED
    return error(name, code, httpStatus, group)
}

private val MMS_NAMES =
    mapOf(
        1 to "MMS_UNSPECIFIED", 2 to "MMS_INVALID_APN", 3 to "MMS_UNABLE_CONNECT", 4 to "MMS_HTTP_FAILURE",
        5 to "MMS_IO_ERROR", 6 to "MMS_RETRY", 7 to "MMS_CONFIGURATION_ERROR", 8 to "MMS_NO_DATA_NETWORK",
        9 to "MMS_INVALID_SUBSCRIPTION_ID", 10 to "MMS_INACTIVE_SUBSCRIPTION", 11 to "MMS_DATA_DISABLED",
    )
private val MMS_NOT_SUBMITTED = setOf(2, 7, 8, 9, 10, 11)

/** The callback of a USSD request gives one of two numbers (TelephonyManager.USSD_*). */
fun ussdError(code: Int): Map<String, Any?> {
    val name = if (code == -2) "USSD_SERVICE_UNAVAILABLE" else "USSD_RETURN_FAILURE"
    return error(name, code, null, ErrorClass.UNCLEAR)
}

fun ownError(own: OwnError): Map<String, Any?> = error(own.name, null, null, own.group)

fun error(name: String, code: Int?, radio: Int?, group: ErrorClass): Map<String, Any?> =
    mapOf("name" to name, "code" to code, "radio" to radio, "class" to group.key)
