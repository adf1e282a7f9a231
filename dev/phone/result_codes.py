"""Android's SMS result codes and what each says about the message (judgement; when in doubt it is not resent)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

NOT_SUBMITTED = "not_submitted"
THROTTLED = "throttled"
MAYBE_SUBMITTED = "maybe_submitted"
PERMANENT = "permanent"
UNCLEAR = "unclear"

USSD_FAILURES = {-1: "USSD_RETURN_FAILURE", -2: "USSD_ERROR_SERVICE_UNAVAIL"}
"""TelephonyManager's two."""

CODES_BY_CLASS = {
    NOT_SUBMITTED: {
        2: "RADIO_OFF", 4: "NO_SERVICE", 9: "RADIO_NOT_AVAILABLE", 29: "SMS_BLOCKED_DURING_EMERGENCY",
        100: "RIL_RADIO_NOT_AVAILABLE", 115: "RIL_INVALID_MODEM_STATE", 116: "RIL_NETWORK_NOT_READY",
        121: "RIL_SIMULTANEOUS_SMS_AND_CALL_NOT_ALLOWED", 123: "RIL_BLOCKED_DUE_TO_CALL",
    },
    THROTTLED: {5: "LIMIT_EXCEEDED", 28: "UNEXPECTED_EVENT_STOP_SENDING", 106: "RIL_REQUEST_RATE_LIMITED"},
    MAYBE_SUBMITTED: {
        13: "NO_MEMORY", 16: "MODEM_ERROR", 17: "NETWORK_ERROR", 22: "NO_RESOURCES", 30: "SMS_SEND_RETRY_FAILED",
        31: "REMOTE_EXCEPTION", 101: "RIL_SMS_SEND_FAIL_RETRY", 105: "RIL_NO_MEMORY", 108: "RIL_SYSTEM_ERR",
        111: "RIL_MODEM_ERR", 112: "RIL_NETWORK_ERR", 113: "RIL_INTERNAL_ERR", 118: "RIL_NO_RESOURCES",
        124: "RIL_GENERIC_ERROR",
    },
    PERMANENT: {
        3: "NULL_PDU", 6: "FDN_CHECK_FAILURE", 7: "SHORT_CODE_NOT_ALLOWED", 8: "SHORT_CODE_NEVER_ALLOWED",
        10: "NETWORK_REJECT", 11: "INVALID_ARGUMENTS", 12: "INVALID_STATE", 14: "INVALID_SMS_FORMAT",
        18: "ENCODING_ERROR", 19: "INVALID_SMSC_ADDRESS", 20: "OPERATION_NOT_ALLOWED", 24: "REQUEST_NOT_SUPPORTED",
        32: "NO_DEFAULT_SMS_APP", 102: "RIL_NETWORK_REJECT", 103: "RIL_INVALID_STATE", 104: "RIL_INVALID_ARGUMENTS",
        107: "RIL_INVALID_SMS_FORMAT", 109: "RIL_ENCODING_ERR", 110: "RIL_INVALID_SMSC_ADDRESS",
        114: "RIL_REQUEST_NOT_SUPPORTED", 117: "RIL_OPERATION_NOT_ALLOWED", 120: "RIL_SIM_ABSENT",
        122: "RIL_ACCESS_BARRED",
    },
    UNCLEAR: {
        1: "GENERIC_FAILURE", 15: "SYSTEM_ERROR", 21: "INTERNAL_ERROR", 23: "CANCELLED", 33: "USER_NOT_ALLOWED",
        119: "RIL_CANCELLED",
    },
}  # fmt: skip

NAME_AND_CLASS_BY_CODE = MappingProxyType(
    {code: (name, group) for group, codes in CODES_BY_CLASS.items() for code, name in codes.items()}
)

OWN_ERRORS = MappingProxyType(
    {
        "SIM_NOT_PRESENT": NOT_SUBMITTED,
        "PERMISSION_MISSING": NOT_SUBMITTED,
        "TOO_MANY_SEGMENTS": PERMANENT,
        "BAD_ADDRESS": PERMANENT,
        "UNSUPPORTED_KIND": PERMANENT,
        "MEDIA_WRONG_TYPE": PERMANENT,
        "MEDIA_TOO_LARGE": PERMANENT,
        "MEDIA_FETCH_FAILED": NOT_SUBMITTED,
    }
)
"""Refusals of the phone itself; the radio was never asked."""


def radio_error(code: int, error_code: int | None) -> dict[str, Any]:
    """The `error` of a report. An unknown number keeps its number as name and is `unclear`."""
    name, group = NAME_AND_CLASS_BY_CODE.get(code, (f"RESULT_{code}", UNCLEAR))
    return {"name": name, "code": code, "radio": error_code, "class": group}


def own_error(name: str) -> dict[str, Any]:
    return {"name": name, "code": None, "radio": None, "class": OWN_ERRORS[name]}
