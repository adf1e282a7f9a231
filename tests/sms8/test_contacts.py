"""/services/manage-contacts.php"""

from __future__ import annotations

import pytest

from tests.roost_fixtures import Tenant
from tests.sms8.stage import a_list
from tests.sms8_client import Sms8Client

NUMBER = "+14155550101"


@pytest.fixture
def client(tenant: Tenant) -> Sms8Client:
    tenant.pair()
    return tenant.sms8()


def reached(client: Sms8Client, list_id: str) -> list[str]:
    answer = client.post("send", listID=list_id, message="x")
    return [message["number"] for message in answer["data"]["messages"]] if answer["success"] else []


@pytest.mark.capability("SMS8-45")
def test_a_contact_is_added_to_a_list_with_its_name(tenant: Tenant, client: Sms8Client) -> None:
    list_id = a_list(tenant, client)
    contact = client.data("manage-contacts", listID=list_id, number=NUMBER, name="Alex")["contact"]
    assert contact == {
        "ID": "14155550101", "name": "Alex", "number": NUMBER, "subscribed": "1", "contactsListID": list_id,
    }  # fmt: skip
    assert reached(client, list_id) == [NUMBER]
    for missing, fields in (("listID", {"number": NUMBER}), ("number", {"listID": list_id})):
        assert client.refusal("manage-contacts", **fields) == (400, f"{missing}: is missing")
    assert client.refusal("manage-contacts", listID=999, number=NUMBER)[0] == 404


@pytest.mark.capability("SMS8-46", "SMS8-47", "SMS8-66")
def test_who_left_a_list_stays_out_of_it_until_resubscribed(tenant: Tenant, client: Sms8Client) -> None:
    list_id = a_list(tenant, client, NUMBER)
    left = client.data("manage-contacts", listID=list_id, number=NUMBER, unsubscribe=1)["contact"]
    assert left["subscribed"] == "0"
    assert reached(client, list_id) == []
    assert client.data("manage-contacts", listID=list_id, number=NUMBER)["contact"]["subscribed"] == "0"
    for _ in range(2):
        again = client.data("manage-contacts", listID=list_id, number=NUMBER, name="Alex", resubscribe=1)
        assert again["contact"]["subscribed"] == "1"
    assert reached(client, list_id) == [NUMBER]


def test_the_list_of_another_account_is_404(tenant: Tenant, other_tenant: Tenant, client: Sms8Client) -> None:
    a_list(other_tenant, other_tenant.sms8(), NUMBER)
    assert client.refusal("manage-contacts", listID=1, number=NUMBER)[0] == 404
    assert client.refusal("send", listID=1, message="x")[0] == 404
