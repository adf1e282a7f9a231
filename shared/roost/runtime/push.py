"""The owner's push service. Importing this loads firebase-admin: for the functions that push, and no other."""

from __future__ import annotations

from functools import cache

from roost.outbound.fcm import Fcm
from roost.runtime.firebase import firebase_settings


@cache
def push() -> Fcm | None:
    """None when no Firebase project is configured: phones poll."""
    settings = firebase_settings()
    return Fcm(settings.service_account, settings.fcm_url) if settings else None
