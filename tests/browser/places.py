"""Every page there is, by the path of an account that has one of each thing."""

from __future__ import annotations

from roost.dialects.pages.public_pages import ADDRESSES, in_language

ANYONES = ("/login", "/signup", "/login/link?token=0", "/nothing-here", *sorted(ADDRESSES))
SPANISH = tuple(in_language(address, "es") for address in sorted(ADDRESSES))
SIGNED_IN = (
    "/app/phones",
    "/app/phones/phn_1",
    "/app/join",
    "/app/messages",
    "/app/messages/{message}",
    "/app/keys",
    "/app/developers",
    "/app/webhooks",
    "/app/webhooks/{webhook}",
    "/app/usage",
    "/app/settings",
    "/app/integrations",
    "/app/messages/msg_1",
)
"""The last one is a page that says 404."""
