"""The key under which one-time codes are hashed."""

from __future__ import annotations

from functools import cache

from roost.runtime.kept_secret import kept_secret
from roost.runtime.settings import settings


@cache
def pepper() -> bytes:
    """Read once per warm environment.

    A lost parameter is made anew: codes that are out at that moment are refused, for 15 minutes at most.
    """
    return kept_secret(settings().pepper_parameter)
