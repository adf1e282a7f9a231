"""No route shows or changes what belongs to another account."""

import re
from collections.abc import Iterator

import pytest

from tests.roost_fixtures import Tenant

BODIES = {
    "/v1/phones/{phone_id}": {"enabled": False},
    "/v1/keys/{key_id}": {"name": "x"},
    "/v1/messages/{message_id}/reschedule": {"send_at": "2077-01-16T00:00:00Z"},
    "/v1/contacts/{contact_id}": {"name": "x"},
    "/v1/lists/{list_id}": {"name": "x"},
    "/v1/lists/{list_id}/contacts": {"number": "+14155550000"},
    "/v1/groups/{group_id}/resend": {},
    "/v1/campaigns/{campaign_id}": {"name": "x"},
    "/v1/conversations/{conversation_id}/reply": {"body": "x"},
    "/v1/conversations/{conversation_id}/assign": {"assigned_to": None},
    "/v1/conversations/{conversation_id}/do-not-contact": {"do_not_contact": True},
    "/v1/webhooks/{webhook_id}": {"description": "x"},
    "/v1/webhooks/{webhook_id}/replay": {"since": "2077-01-15T00:00:00Z"},
}
NOBODYS = frozenset({"token"})
"""A conversion link is public: who has it may follow it."""

ONES_OWN = frozenset({"/v1/conversations/{conversation_id}/reply"})
"""A conversation is called by its number: a reply to a foreign one begins one's own with that number."""


@pytest.fixture
def foreign(tenant: Tenant) -> dict[str, str]:
    """An id of each kind that a path may have. They exist, in another account than the caller's."""
    post = tenant.http.post
    phone = tenant.pair()
    message = tenant.send().json()["id"]
    webhook = post("/v1/webhooks", json={"url": "http://127.0.0.1:9/hook", "events": ["message.sent"]}).json()["id"]
    phone.call(phone.event("sms.received", data={"from": "+14155550003", "text": "hello", "sim_id": "sim_a"}))
    [conversation, *_] = tenant.http.get("/v1/conversations").json()["data"]
    return {
        "conversation_id": conversation["id"],
        "campaign_id": post("/v1/campaigns", json={"name": "x", "template": "Hi"}).json()["id"],
        "import_id": post("/v1/contacts/imports", json={"size": 100}).json()["id"],
        "phone_id": phone.device_id,
        "message_id": message,
        "sms_id": message,
        "key_id": post("/v1/keys", json={"name": "x", "scopes": ["messages:read"]}).json()["id"],
        "contact_id": post("/v1/contacts", json={"number": "+14155550001"}).json()["id"],
        "list_id": post("/v1/lists", json={"name": "x"}).json()["id"],
        "group_id": post("/v1/sms/batch", json={"messages": [{"to": "+14155550002", "body": "x"}]}).json()["group_id"],
        "request_id": post("/v1/ussd", json={"code": "*100#"}).json()["id"],
        "webhook_id": webhook,
        "delivery_id": f"evt_{message.removeprefix('msg_')}_sent",
    }


def paths_with_ids(tenant: Tenant) -> Iterator[tuple[str, str]]:
    """(method, path) of each operation whose path names something of an account."""
    for path, operations in tenant.http.get("/v1/openapi.json").json()["paths"].items():
        if set(re.findall(r"\{(\w+)\}", path)) - NOBODYS:
            yield from ((method, path) for method in operations)


def test_whose_ids_they_are_may_read_them(foreign: dict[str, str], tenant: Tenant) -> None:
    """Else the next test would pass for ids of nobody."""
    unread = [
        (path, answer.status_code)
        for method, path in paths_with_ids(tenant)
        if method == "get" and (answer := tenant.http.get(path.format(**foreign))).status_code != 200
    ]
    assert unread == []


def test_every_route_with_an_id_answers_404_for_a_foreign_one(foreign: dict[str, str], other_tenant: Tenant) -> None:
    """A new kind of id fails here until the fixture makes one."""
    let_in = []
    for method, path in paths_with_ids(other_tenant):
        answer = other_tenant.http.request(method, path.format(**foreign), json=BODIES.get(path))
        if answer.status_code != 404 and path not in ONES_OWN:
            let_in.append((method, path, answer.status_code))
    assert let_in == []


def test_a_foreign_phone_cannot_be_chosen_to_send(foreign: dict[str, str], other_tenant: Tenant) -> None:
    assert other_tenant.send(phone_id=foreign["phone_id"]).status_code == 404


def test_lists_show_only_ones_own(foreign: dict[str, str], other_tenant: Tenant) -> None:
    for path in ("/v1/messages", "/v1/phones"):
        assert other_tenant.http.get(path).json()["data"] == []
