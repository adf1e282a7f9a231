"""Whether a message led to what it asked for, reported with a key or by its link."""

from urllib.parse import urlsplit

import httpx
import pytest

from roost.domain.api_keys import Scope
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms_for_ai_client import Client


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.fixture
def client(tenant: Tenant, phone: PhoneDriver) -> Client:
    return Client(tenant)


def follow(client: Client, url: str) -> httpx.Response:
    return client.http.get(urlsplit(url).path, headers={"x-api-key": ""})


def report(client: Client, **body: object) -> httpx.Response:
    return client.http.post("/api/v1/conversion/report", json=body, headers=client.headers)


@pytest.mark.capability("X-10")
def test_a_send_that_asks_for_it_gets_a_link_and_following_it_is_a_conversion(client: Client, clock: Clock) -> None:
    assert "conversion_url" not in client.send().json()
    sent = client.send(include_conversion_url=True).json()
    assert sent["conversion_url"].startswith("https://roost.example/c/")
    assert client.get(f"/sms/{sent['id']}").json()["converted_at"] is None
    assert follow(client, sent["conversion_url"]).status_code == 200
    converted_at = client.get(f"/sms/{sent['id']}").json()["converted_at"]
    clock.forward(minutes=1)
    assert follow(client, sent["conversion_url"]).status_code == 200
    assert client.get(f"/sms/{sent['id']}").json()["converted_at"] == converted_at is not None


@pytest.mark.capability("X-10")
def test_a_conversion_is_reported_by_the_id_or_the_token_of_a_send(client: Client) -> None:
    by_id, by_token = client.send().json(), client.send(include_conversion_url=True).json()
    answer = report(client, id=by_id["id"])
    assert (answer.status_code, answer.json()["id"]) == (200, by_id["id"])
    assert report(client, id=by_id["id"]).json() == answer.json()
    token = by_token["conversion_url"].rpartition("/")[2]
    assert report(client, token=token).json()["id"] == by_token["id"]
    assert client.get(f"/sms/{by_token['id']}").json()["converted_at"]


def test_nobody_reports_for_another_account_or_guesses_a_link(client: Client, other_tenant: Tenant) -> None:
    sent = client.send(include_conversion_url=True).json()
    other = Client(other_tenant)
    token = sent["conversion_url"].rpartition("/")[2]
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    for body in ({"id": sent["id"]}, {"token": token}, {"token": wrong}, {"token": "nonsense"}):
        assert report(other, **body).status_code == 404, body
    for text in (wrong, "nonsense", "a-ffffffffffffff-000000000000"):
        assert follow(client, f"/c/{text}").status_code == 404
    assert client.get(f"/sms/{sent['id']}").json()["converted_at"] is None


def test_a_report_names_one_message_and_needs_the_permission(tenant: Tenant, client: Client) -> None:
    sent = client.send(include_conversion_url=True).json()
    token = sent["conversion_url"].rpartition("/")[2]
    for body in ({}, {"id": sent["id"], "token": token}, {"id": "x"}):
        assert report(client, **body).status_code == 422, body
    assert report(Client(tenant, frozenset({Scope.MESSAGES_READ})), id=sent["id"]).status_code == 403


def test_a_conversion_and_the_phones_reports_do_not_undo_each_other(client: Client, phone: PhoneDriver) -> None:
    sent = client.send(include_conversion_url=True).json()
    [job] = phone.claim()
    follow(client, sent["conversion_url"])
    phone.call(phone.event("job.sent", job), phone.event("job.delivered", job))
    shown = client.get(f"/sms/{sent['id']}").json()
    assert shown["status"] == "delivered"
    assert shown["converted_at"]
