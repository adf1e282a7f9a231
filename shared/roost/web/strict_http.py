"""Whether dialects that answer errors at HTTP 200 shall use the statuses of HTTP instead."""

from __future__ import annotations

from roost.runtime.settings import settings


def sms8_strict_http() -> bool:
    return settings().sms8_strict_http
