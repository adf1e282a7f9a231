"""One of each thing an account can have, by the name its id has in a page's path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.flows.campaigns import a_campaign, add_contacts
from tests.flows.test_conversations import ID, PEER, texts
from tests.roost_fixtures import Tenant

PUBLIC_URL = "https://93.184.216.34/hooks"


def a_message(tenant: Tenant) -> str:
    tenant.pair()
    return str(tenant.send().json()["id"])


def a_conversation(tenant: Tenant) -> str:
    texts(tenant.pair(), "hello")
    return ID


def a_contact(tenant: Tenant) -> str:
    add_contacts(tenant, PEER)
    return f"con_{PEER.removeprefix('+')}"


def a_list(tenant: Tenant) -> str:
    return str(tenant.http.post("/v1/lists", json={"name": "News"}).json()["id"])


def an_import(tenant: Tenant) -> str:
    files = {"file": ("contacts.csv", f"phone\n{PEER}\n12\n", "text/csv")}
    return str(tenant.http.post("/v1/contacts/bulk", files=files).json()["id"])


def a_webhook(tenant: Tenant) -> str:
    return str(tenant.http.post("/v1/webhooks", json={"url": PUBLIC_URL, "events": ["message.sent"]}).json()["id"])


def a_key(tenant: Tenant) -> str:
    return str(tenant.http.get("/v1/keys").json()["data"][0]["id"])


MAKES: Mapping[str, Callable[[Tenant], str]] = MappingProxyType(
    {
        "phone_id": lambda tenant: tenant.pair().device_id,
        "message_id": a_message,
        "key_id": a_key,
        "webhook_id": a_webhook,
        "delivery_id": lambda _: "dlv_1795165443120_0badcafe0000_0",
        "conversation_id": a_conversation,
        "contact_id": a_contact,
        "list_id": a_list,
        "import_id": an_import,
        "campaign_id": a_campaign,
        "move": lambda _: "start",
        "location_id": lambda _: "ve9EPM428h8vShlRW1KT",
    }
)


def filled(path: str, tenant: Tenant) -> str:
    """`path` with the ids of what is made in the tenant's account."""
    for name, make in MAKES.items():
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", make(tenant))
    assert "{" not in path, "a thing of a new kind: MAKES says how one is made"
    return path
