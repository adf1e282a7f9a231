"""The owner's marketplace app at HighLevel, kept as JSON in one SSM SecureString, and what is derived for it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache

from roost.domain.highlevel_app import HighLevelApp
from roost.outbound.highlevel import HighLevel
from roost.outbound.highlevel_http import HighLevelHttp
from roost.outbound.sealed_text import Seal
from roost.runtime.kept_secret import kept_secret
from roost.runtime.owner_setting import owner_setting
from roost.runtime.settings import settings


@dataclass(frozen=True, slots=True)
class Integration:
    """`delivery_secret`: the part of the delivery URL that nobody can guess."""

    app: HighLevelApp
    api: HighLevel
    seal: Seal
    delivery_secret: str


@cache
def integration() -> Integration | None:
    """None when no parameter is configured. Raises SetUpIncomplete."""
    name = settings().highlevel_parameter
    if not name:
        return None
    app = owner_setting(name, "HighLevelParameter", HighLevelApp)
    master = kept_secret(settings().highlevel_secret_parameter)
    http = HighLevelHttp(app.api_url)
    return Integration(app, HighLevel(app, http), Seal(_derived(master, "tokens")), _derived(master, "delivery").hex())


def _derived(master: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose. If the master is lost, locations are connected anew and the delivery URL changes."""
    return hmac.new(master, f"highlevel {purpose}".encode(), hashlib.sha256).digest()
