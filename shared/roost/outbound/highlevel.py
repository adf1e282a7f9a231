"""HighLevel's API, as much of it as a mirror needs: each call by its name, with the version it wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from roost.domain.highlevel_app import HighLevelApp
from roost.outbound.highlevel_http import Answer, HighLevelHttp

CONVERSATIONS, CONTACTS, OAUTH = "2021-04-15", "2021-07-28", "2021-07-28"
"""The header `Version` of each part of the API."""


class HighLevel:
    """Every call answers what HighLevel answered; what that means is for others to decide."""

    def __init__(self, app: HighLevelApp, http: HighLevelHttp) -> None:
        self._app = app
        self._http = http

    def exchange_code(self, code: str, redirect_uri: str) -> Answer:
        """HighLevel answers for a location or a whole agency, whichever the person chose."""
        return self._tokens(grant_type="authorization_code", code=code, redirect_uri=redirect_uri, user_type="Location")

    def refresh(self, refresh_token: str, user_type: str) -> Answer:
        """The old refresh token is spent with this, whether or not its answer arrives."""
        return self._tokens(grant_type="refresh_token", refresh_token=refresh_token, user_type=user_type)

    def location_token(self, token: str, company: str, location: str) -> Answer:
        """A location's token for an agency's. It has no refresh token of its own."""
        form = {"companyId": company, "locationId": location}
        return self._http.ask("POST", "/oauth/locationToken", token=token, version=OAUTH, form=form)

    def installed_locations(self, token: str, company: str) -> Answer:
        query = {"companyId": company, "appId": self._app.app_id, "isInstalled": "true", "limit": "100"}
        return self._http.ask("GET", "/oauth/installedLocations", token=token, version=OAUTH, query=query)

    def upsert_contact(self, token: str, location: str, number: str) -> Answer:
        """Without tags: this call would overwrite all that a contact has."""
        body = {"locationId": location, "phone": number, "source": "Roost"}
        return self._http.ask("POST", "/contacts/upsert", token=token, version=CONTACTS, body=body)

    def get_contact(self, token: str, contact: str) -> Answer:
        return self._http.ask("GET", f"/contacts/{quote(contact)}", token=token, version=CONTACTS)

    def change_dnd(self, token: str, contact: str, *, on: bool) -> Answer:
        """ "active" means that do not disturb is on."""
        body = {"dndSettings": {"SMS": {"status": "active" if on else "inactive", "message": "", "code": ""}}}
        return self._http.ask("PUT", f"/contacts/{quote(contact)}", token=token, version=CONTACTS, body=body)

    def change_tag(self, token: str, contact: str, tag: str, *, on: bool) -> Answer:
        path = f"/contacts/{quote(contact)}/tags"
        return self._http.ask("POST" if on else "DELETE", path, token=token, version=CONTACTS, body={"tags": [tag]})

    def create_conversation(self, token: str, location: str, contact: str) -> Answer:
        body = {"locationId": location, "contactId": contact}
        return self._http.ask("POST", "/conversations/", token=token, version=CONVERSATIONS, body=body)

    def search_conversation(self, token: str, location: str, contact: str) -> Answer:
        """Finds a new conversation only after a while."""
        query = {"locationId": location, "contactId": contact}
        return self._http.ask("GET", "/conversations/search", token=token, version=CONVERSATIONS, query=query)

    def messages_of(self, token: str, conversation: str) -> Answer:
        """The newest hundred."""
        path = f"/conversations/{quote(conversation)}/messages"
        return self._http.ask("GET", path, token=token, version=CONVERSATIONS, query={"limit": "100"})

    def add_message(
        self, token: str, *, contact: str, conversation: str | None, text: str, direction: str, ours: str, at: str
    ) -> Answer:
        """Shows a message that went another way; sends nothing. `direction`: inbound or outbound; `at`: RFC 3339."""
        body: dict[str, Any] = {
            "type": "SMS",
            "contactId": contact,
            "conversationProviderId": self._app.conversation_provider_id,
            "message": text,
            "attachments": [],
            "altId": ours,
            "direction": direction,
            "date": at,
        }
        body |= {"conversationId": conversation} if conversation else {}
        path = "/conversations/messages/inbound"
        return self._http.ask("POST", path, token=token, version=CONVERSATIONS, body=body)

    def put_status(self, token: str, message: str, status: str, why: str | None) -> Answer:
        """`why`: of a failed one; HighLevel wants all three members of an error."""
        body: dict[str, Any] = {"status": status}
        body |= {"error": {"code": "1", "type": "saas", "message": why}} if why else {}
        path = f"/conversations/messages/{quote(message)}/status"
        return self._http.ask("PUT", path, token=token, version=CONVERSATIONS, body=body)

    def _tokens(self, **form: str) -> Answer:
        secrets = {"client_id": self._app.client_id, "client_secret": self._app.client_secret}
        return self._http.ask("POST", "/oauth/token", form={**secrets, **form})


def texts_in(answer: Answer) -> Sequence[dict[str, Any]]:
    """The messages of `messages_of`: HighLevel nests them once more than its contract says."""
    found = answer.body.get("messages")
    inner = found.get("messages") if isinstance(found, dict) else found
    return [message for message in inner if isinstance(message, dict)] if isinstance(inner, list) else []
