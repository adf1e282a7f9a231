"""The owner's Firebase project, kept as JSON in one SSM SecureString."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from roost.runtime.owner_setting import owner_setting
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
    """None when no parameter is configured. Raises SetUpIncomplete: a push that cannot work must be seen, not
    polled around."""
    name = settings().firebase_parameter
    return owner_setting(name, "FirebaseParameter", FirebaseSettings) if name else None
