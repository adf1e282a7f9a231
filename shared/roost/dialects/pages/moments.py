"""Instants as people read them. The server writes UTC; the browser, if it runs our script, shows its own zone."""

from __future__ import annotations

from markupsafe import Markup

from roost.domain.instants import DAY, HOUR, MINUTE, rfc3339

STEPS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"))


def moment(at: int) -> Markup:
    """A `<time>` element."""
    return stamped(rfc3339(at))


def stamped(stamp: str) -> Markup:
    """As `moment`, of an instant as the API writes it."""
    shown = f"{stamp[:10]} {stamp[11:16]} UTC"
    return Markup('<time datetime="{}">{}</time>').format(stamp, shown)


def ago(span: int) -> str:
    """A span of ms in its largest whole unit: `3 min`, `2 d`."""
    return next((f"{span // length} {name}" for length, name in STEPS if span >= length), f"{max(0, span) // 1_000} s")
