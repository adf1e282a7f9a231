"""Every page there is, by the path of an account that has one of each thing."""

from __future__ import annotations

from roost.dialects.pages.public_pages import ADDRESSES, in_language
from tests.flows.campaigns import a_campaign, do
from tests.flows.test_conversations import ID, texts
from tests.pages.test_inbox import suggest
from tests.pages.things import a_list, a_webhook, an_import
from tests.roost_fixtures import Tenant

ANYONES = ("/login", "/signup", "/login/link?token=0", "/docs/nothing-here", *sorted(ADDRESSES))
SPANISH = tuple(in_language(address, "es") for address in sorted(ADDRESSES))
SIGNED_IN = (
    "/app/phones",
    "/app/phones/phn_1",
    "/app/join",
    "/app/inbox",
    "/app/inbox/{conversation}",
    "/app/messages",
    "/app/messages/{message}",
    "/app/contacts",
    "/app/contacts/{contact}",
    "/app/lists",
    "/app/imports",
    "/app/imports/{import_}",
    "/app/campaigns",
    "/app/campaigns/{draft}",
    "/app/campaigns/{draft}/preview",
    "/app/campaigns/{campaign}",
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


def things_of(tenant: Tenant) -> dict[str, str]:
    """One of each, by its name in SIGNED_IN. The conversation has a suggestion, and its other side opted out."""
    phone = tenant.pair("Drawer")
    message = tenant.send(body="A text").json()["id"]
    tenant.sms8()
    texts(phone, "How much is it?")
    suggest(tenant, "It is ten euros.")
    tenant.http.post(f"/v1/conversations/{ID}/do-not-contact", json={"do_not_contact": True}).raise_for_status()
    made = {"import_": an_import(tenant), "draft": a_campaign(tenant), "campaign": a_campaign(tenant)}
    tenant.http.post("/v1/contacts", json={"number": "+34600111223", "tags": ["vip"]}).raise_for_status()
    do(tenant, made["campaign"], "start")
    a_list(tenant)
    return {**made, "message": message, "conversation": ID, "webhook": a_webhook(tenant), "contact": "con_34600111223"}
