"""The owner's Firebase project, kept as JSON in one SSM SecureString."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from pydantic import BaseModel, ConfigDict

from roost.runtime.settings import settings


class AndroidFirebase(BaseModel):
    """What an app needs to register for push. No secrets: the pairing answer carries it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    application_id: str
    api_key: str
    project_id: str
    sender_id: str


class FirebaseSettings(BaseModel):
    """`service_account`: the JSON file of the Firebase console. `fcm_url`: another base URL, for the local stand-in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    service_account: dict[str, Any]
    android: AndroidFirebase
    fcm_url: str | None = None


@cache
def firebase_settings() -> FirebaseSettings | None:
    """None when no parameter is configured. Raises when the parameter is missing or is no such JSON: a configured push
    that cannot work must be seen, not polled around."""
    name = settings().firebase_parameter
    if not name:
        return None
    parameter = boto3.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    return FirebaseSettings.model_validate_json(parameter["Value"])
