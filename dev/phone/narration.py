"""Human lines about what the phone does. Never a message text, never a whole phone number."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]


def silent(_line: str) -> None:
    """The default listener of a simulated phone."""


def masked(number: str) -> str:
    """`+1500•••0001`; a short number keeps only its last two digits."""
    if len(number) < 9:
        return f"•••{number[-2:]}"
    return f"{number[:5]}•••{number[-4:]}"


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
