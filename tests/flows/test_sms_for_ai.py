"""SMS for AI as its clients use it: sending, prices, what it says of itself."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.sms_for_ai.wire_money import MICRO, usd
from roost.domain.api_keys import Scope
from roost.domain.countries import PriceChange
from roost.domain.key_limits import KeyLimits
from roost.usecases.prices import change_price
from tests.roost_fixtures import Tenant
from tests.sms_for_ai_client import FRANCE, US, Client, top_up


@pytest.fixture
def client(tenant: Tenant) -> Client:
    return Client(tenant)


@pytest.mark.capability("SFA-01", "SFA-06", "SFA-11")
def test_a_send_answers_both_documented_shapes_and_reaches_the_phone(tenant: Tenant, client: Client) -> None:
    phone = tenant.pair()
    change_price(tenant.deps, tenant.account.id, "US", PriceChange(micro_usd=12_500))
    top_up(tenant, 1_000_000)
    answer = client.send(US, "Hello!")
    sent = answer.json()
    assert client.token.startswith("smsai_")
    assert answer.status_code == 200
    assert isinstance(sent["id"], int)
    assert (sent["status"], sent["to"], sent["price_usd"]) == ("sent", US, 0.0125)
    assert isinstance(sent["nvia_message_id"], str)
    assert sent["sms"] == {name: sent[name] for name in ("id", "status", "to", "price_usd", "nvia_message_id")}
    assert sent["balance"] == client.balance() == 0.9875
    assert set(sent) == {"id", "status", "to", "price_usd", "nvia_message_id", "sms", "balance"}
    [job] = phone.claim()
    assert (job["to"], job["text"]) == (US, "Hello!")


@pytest.mark.capability("SFA-04", "SFA-23")
def test_each_country_costs_its_own_price_and_the_balance_falls_by_exactly_that(tenant: Tenant, client: Client) -> None:
    tenant.pair()
    change_price(tenant.deps, tenant.account.id, "US", PriceChange(micro_usd=100_001))
    change_price(tenant.deps, tenant.account.id, "FR", PriceChange(micro_usd=200_002))
    top_up(tenant, 12_345_678)
    assert client.balance() == 12.345678
    assert client.send(US).json()["price_usd"] == 0.100001
    assert client.send(FRANCE).json()["price_usd"] == 0.200002
    assert client.balance() == 12.045675
    assert client.get("/me").json()["user"]["credits"] == 12.045675


@pytest.mark.capability("SFA-04")
@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_dollars_print_as_exactly_the_decimal_they_are(micro_usd: int) -> None:
    whole, fraction = divmod(abs(micro_usd), MICRO)
    exact = f"{'-' if micro_usd < 0 else ''}{whole}.{fraction:06d}"
    assert f"{usd(micro_usd):.6f}" == exact
    assert usd(micro_usd) == float(exact)


def test_an_account_that_is_charged_nothing_still_shows_a_number(tenant: Tenant, client: Client) -> None:
    tenant.pair()
    assert client.balance() == client.send().json()["balance"] == 1_000_000


@pytest.mark.capability("SFA-02")
def test_the_api_says_what_it_is_without_a_token(tenant: Tenant) -> None:
    answer = tenant.http.get("/api/v1", headers={"x-api-key": ""})
    info = answer.json()
    assert (answer.status_code, info["api"], info["version"], info["status"]) == (200, "SMS for AI", "1.0", "ok")
    documented = set(tenant.http.get("/v1/openapi.json").json()["paths"])
    listed = {endpoint.split(" ")[1].replace("{id}", "{sms_id}") for endpoint in info["endpoints"]}
    assert listed == {path for path in documented if path.startswith("/api/v1")}


@pytest.mark.capability("SFA-03", "SFA-29")
def test_me_shows_the_token_and_its_account_as_they_were_made(tenant: Tenant) -> None:
    client = Client(tenant, frozenset({Scope.MESSAGES_SEND, Scope.MESSAGES_READ}))
    me = client.get("/me").json()
    assert (me["token"]["name"], me["token"]["permissions"]) == ("My Agent", ["sms:read", "sms:send"])
    assert isinstance(me["token"]["id"], int)
    assert (me["user"]["name"], me["user"]["email"]) == (tenant.account.name, "")


@pytest.mark.capability("SFA-05")
def test_countries_are_a_bare_array_of_the_active_ones_with_their_prices(tenant: Tenant, client: Client) -> None:
    tenant.pair()
    change_price(tenant.deps, tenant.account.id, "US", PriceChange(micro_usd=20_000))
    change_price(tenant.deps, tenant.account.id, "FR", PriceChange(active=False))
    listed = client.get("/countries").json()
    assert isinstance(listed, list)
    by_code = {country["country_code"]: country for country in listed}
    assert by_code["US"] == {
        "country_code": "US", "country_name": "United States", "dial_code": "+1", "price_usd": 0.02
    }  # fmt: skip
    assert "FR" not in by_code
    refused = client.send(FRANCE)
    assert (refused.status_code, set(refused.json()["errors"])) == (422, {"to"})
    assert tenant.send(FRANCE).status_code == 422, "whatever the dialect"


@pytest.mark.capability("SFA-08")
def test_characters_are_counted_not_bytes(tenant: Tenant, client: Client) -> None:
    tenant.pair()
    assert client.send(body="x" * 1_600).status_code == 200
    assert client.send(body="é" * 1_000).status_code == 200
    refused = client.send(body="😀" * 1_600)
    assert refused.status_code == 422
    assert "SMS parts" in refused.json()["message"], "it has 1,600 characters, but no phone sends that many parts"


def test_a_repeat_with_the_same_key_is_one_message_and_one_charge(tenant: Tenant, client: Client) -> None:
    tenant.pair()
    top_up(tenant, 1_000_000)
    once = {"idempotency-key": "otp-1"}
    first, second = client.send(headers=once), client.send(headers=once)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert client.balance() == 0.99


def test_the_deployed_functions_may_do_all_that(deployed: Tenant) -> None:
    deployed.pair()
    client = Client(deployed, limits=KeyLimits(per_minute=100))
    top_up(deployed, 1_000_000)
    sent = client.send(include_conversion_url=True).json()
    assert sent["balance"] == client.balance() == 0.99
    assert client.get(f"/sms/{sent['id']}").json()["to"] == US
    assert client.get("/sms").json()["meta"]["total"] == 1
    assert client.get("/me").status_code == 200
    assert len(client.get("/countries").json()) > 200
    assert httpx.get(sent["conversion_url"]).status_code == 200
