"""What the clients of each endpoint read of a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roost.dialects.mcp.sms8_read import pair_url
from roost.dialects.sms8.answers import code_of
from roost.dialects.sms_for_ai.errors import error_content
from roost.domain.errors import LimitReached, NoEligiblePhone, RoostError

PAIR_FIRST = "Install the app on an Android phone, open the page at pair_url on a computer and scan its code."


def sms8_refusal(error: RoostError, base_url: str) -> Mapping[str, Any]:
    """`error` is text; `retry_after` in seconds where waiting helps."""
    said: dict[str, Any] = {"success": False, "error": _text(error), "code": code_of(error), "reason": error.code}
    if isinstance(error, LimitReached):
        said["retry_after"] = error.retry_after
    if isinstance(error, NoEligiblePhone):
        said |= {"pair_url": pair_url(base_url), "setup": PAIR_FIRST}
    return said


def sms_for_ai_refusal(error: RoostError, _: str) -> Mapping[str, Any]:
    wait = {"retry_after": error.retry_after} if isinstance(error, LimitReached) else {}
    return {**error_content(error), **wait}


def _text(error: RoostError) -> str:
    if not error.fields:
        return error.detail
    return "; ".join(f"{problem.field}: {problem.problem}" for problem in error.fields)
