"""The owner's marketplace app at HighLevel, kept as JSON in one SSM SecureString, and what is derived for it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache

import boto3

from roost.domain.highlevel_app import HighLevelApp
from roost.outbound.highlevel import HighLevel
from roost.outbound.highlevel_http import HighLevelHttp
from roost.outbound.sealed_text import Seal
from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.kept_secret import kept_secret
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
    """None when no parameter is configured. Raises when it is missing or is no such JSON: what is configured and cannot
    work must be seen."""
    name = settings().highlevel_parameter
    if not name:
        return None
    parameter = boto3.client("ssm", config=CLIENT_CONFIG).get_parameter(Name=name, WithDecryption=True)["Parameter"]
    app = HighLevelApp.model_validate_json(parameter["Value"])
    master = kept_secret(settings().highlevel_secret_parameter)
    http = HighLevelHttp(app.api_url)
    return Integration(app, HighLevel(app, http), Seal(_derived(master, "tokens")), _derived(master, "delivery").hex())


def _derived(master: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose. If the master is lost, locations are connected anew and the delivery URL changes."""
    return hmac.new(master, f"highlevel {purpose}".encode(), hashlib.sha256).digest()
