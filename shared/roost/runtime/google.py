"""The owner's OAuth client for Google sign-in, kept as JSON in one SSM SecureString."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from roost.domain.google_sign_in import ISSUER, GoogleNotSetUp
from roost.runtime.owner_setting import owner_setting
from roost.runtime.settings import settings

if TYPE_CHECKING:
    from roost.outbound.google import Google


class GoogleClient(BaseModel):
    """As the Google Cloud console names them. `issuer`: another OpenID provider, for tests."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    client_id: str
    client_secret: str
    issuer: str = ISSUER


@cache
def google() -> Google:
    """Raises GoogleNotSetUp when no parameter is configured, and SetUpIncomplete.

    Imported on first use: Authlib and its cryptography cost whoever signs in by mail nothing.
    """
    name = settings().google_parameter
    if not name:
        raise GoogleNotSetUp
    from roost.outbound.google import Google

    client = owner_setting(name, "GoogleParameter", GoogleClient)
    return Google(client.client_id, client.client_secret, client.issuer)
