"""The marketplace app through which HighLevel is connected: what it may do, and how HighLevel signs what it posts."""

from __future__ import annotations

from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

SCOPES = (
    "conversations.readonly", "conversations.write", "conversations/message.readonly", "conversations/message.write",
    "contacts.readonly", "contacts.write", "oauth.readonly", "oauth.write", "locations.readonly",
)  # fmt: skip
"""Tick the same in the app. The two of `oauth` are for agencies, which connect many locations at once."""

ED25519_KEY = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg="
"""HighLevel's public key (SPKI, base64) behind the header X-GHL-Signature."""

RSA_KEY = (
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSCFrm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4"
    "u3cLSqJGOLaPuXw6dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfBcsedpinheNnyYeFXolrJvcsjDtfAeRx5"
    "ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpvuxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF3kvoV5rTnXV0IknL"
    "BXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKUJ062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp"
    "IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzNh/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yD"
    "iOXCCs9FkHibELhCHULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJPQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXC"
    "su9aTEGEnKzmsFqwcSsnw3JB31IGKAykT1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ=="
)
"""HighLevel's public key (SPKI, base64) behind the legacy header x-wh-signature."""


class HighLevelApp(BaseModel):
    """What the owner copied from the app's page at HighLevel's marketplace.

    `conversation_provider_id`: of the app's SMS provider. `dnc_tag`: on a contact it means "no messages". URLs and keys
    are HighLevel's own, unless a test brings others. `require_signature`: refuse deliveries without one, which
    HighLevel was seen to send; needed where several accounts share a server, because they share its delivery URL.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    client_id: str
    client_secret: str
    conversation_provider_id: str
    dnc_tag: str = "dnc"
    require_signature: bool = False
    api_url: str = "https://services.leadconnectorhq.com"
    authorize_url: str = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation"
    ed25519_key: str = ED25519_KEY
    rsa_key: str = RSA_KEY

    @property
    def app_id(self) -> str:
        """The part of the client id that webhooks name."""
        return self.client_id.partition("-")[0]


def authorize_link(app: HighLevelApp, redirect_uri: str, state: str) -> str:
    """Where a person chooses the location to connect."""
    asked = {
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "client_id": app.client_id,
        "scope": " ".join(SCOPES),
        "state": state,
        "loginWindowOpenMode": "self",
    }
    return f"{app.authorize_url}?{urlencode(asked)}"
