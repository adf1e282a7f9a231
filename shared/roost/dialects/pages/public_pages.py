"""The addresses of public pages: each says its language, so that one text has one address."""

from __future__ import annotations

DOCS = (
    "quick-start", "app", "sms8", "sms-for-ai", "8ms", "smsdora", "otp", "webhooks", "compliance", "terms", "support",
)  # fmt: skip
OTP_PAGE = "/sms-otp-verification-api"
START = "/"
ADDRESSES = frozenset({START, "/docs", OTP_PAGE, *(f"/docs/{name}" for name in DOCS)})
"""In English; the same under /es is Spanish."""

SPANISH = "/es"


def in_english(path: str) -> str:
    """The English counterpart of any path; a path that has none is its own."""
    if path == SPANISH:
        return START
    stripped = path.removeprefix(SPANISH)
    return stripped if stripped in ADDRESSES else path


def language_of_address(path: str) -> str | None:
    """None for pages whose address says none."""
    if in_english(path) not in ADDRESSES:
        return None
    return "en" if path in ADDRESSES else "es"


def in_language(path: str, language: str) -> str:
    """The counterpart of a public page; any other path is its own."""
    english = in_english(path)
    if language != "es" or english not in ADDRESSES:
        return english
    return SPANISH if english == START else SPANISH + english
