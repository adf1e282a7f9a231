"""SMS for AI's error shape, as Laravel answers: `{message, errors?}`, and the stable code as `error`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi.responses import JSONResponse

from roost.dialects.sms_for_ai.rate_limits import rate_limit_headers
from roost.domain.errors import FieldProblem, LimitReached, NoEligiblePhone, PhoneDisabled, RoostError, Unauthenticated

STATUS: Mapping[type[RoostError], int] = MappingProxyType({NoEligiblePhone: 500, PhoneDisabled: 500})
"""Where SMS for AI documents another status: without a phone its gateway has failed. Nothing was charged."""

WORDS = (("field required", "is required"), ("input should be", "must be"), ("string should", "must"))
"""What pydantic says, and what fits behind "The to field"."""


def error_content(error: RoostError) -> dict[str, Any]:
    content: dict[str, Any] = {"message": _message(error), "error": error.code}
    if error.fields:
        content["errors"] = _by_field(error.fields)
    return content


def sms_for_ai_error(error: RoostError, _: str) -> JSONResponse:
    headers = {}
    if isinstance(error, LimitReached):
        headers = {"Retry-After": str(error.retry_after), **rate_limit_headers(error.quotas)}
    return JSONResponse(error_content(error), STATUS.get(type(error), error.status), headers)


def _message(error: RoostError) -> str:
    if isinstance(error, Unauthenticated):
        return "Unauthenticated."
    if error.fields:
        more = len(error.fields) - 1
        also = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
        return _sentence(error.fields[0]) + also
    return error.detail


def _by_field(problems: tuple[FieldProblem, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(_sentence(problem))
    return found


def _sentence(problem: FieldProblem) -> str:
    said = problem.problem
    for theirs, ours in WORDS:
        if said.startswith(theirs):
            said = ours + said.removeprefix(theirs)
    return f"The {problem.field} field {said}."
