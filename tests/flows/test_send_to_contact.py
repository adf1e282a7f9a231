"""A contact is sent to by its id instead of its number."""

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

PEER = "+34600111222"


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.mark.capability("8MS-32")
def test_a_contact_is_sent_to_by_its_id(tenant: Tenant, phone: PhoneDriver) -> None:
    contact = tenant.http.post("/v1/contacts", json={"number": PEER}).json()["id"]
    send = {"contact_id": contact, "body": "hi"}
    assert tenant.http.post("/v1/sms/send", json=send).json()["to"] == PEER
    assert tenant.http.post("/v1/sms/send", json={**send, "phone_id": "phn_1"}).json()["phone_id"] == "phn_1"
    assert tenant.http.post("/v1/sms/send", json={**send, "phone_id": "phn_9"}).status_code == 404
    assert tenant.http.post("/v1/sms/send", json={**send, "contact_id": "con_34600999999"}).status_code == 404
    for members in ({"to": PEER, "contact_id": contact}, {}):
        assert tenant.http.post("/v1/sms/send", json={"body": "hi", **members}).status_code == 422
