"""A phone joins, comes back, and leaves."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


def a_link(tenant: Tenant, scheme: str = "link", **body: str) -> str:
    link: str = tenant.http.post("/v1/pairings", json=body).json()[scheme]
    return link


def a_phone(tenant: Tenant) -> PhoneDriver:
    """Not paired yet."""
    phone = tenant.pair()
    phone.http.headers.pop("authorization")
    return phone


@pytest.mark.capability("8MS-05")
def test_a_code_is_single_use_and_the_refusal_says_what_to_do(tenant: Tenant) -> None:
    link = a_link(tenant)
    assert a_phone(tenant).pair(link, install_id="one").status_code == 200
    refused = a_phone(tenant).pair(link, install_id="two")
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "code_used")
    assert "/v1/pairings" in refused.json()["error"]["message"]


@pytest.mark.capability("8MS-06")
def test_a_code_is_valid_for_ten_minutes(tenant: Tenant, clock: Clock) -> None:
    early, late = a_link(tenant), a_link(tenant)
    clock.forward(minutes=9, seconds=59)
    assert a_phone(tenant).pair(early, install_id="one").status_code == 200
    clock.forward(seconds=2)
    refused = a_phone(tenant).pair(late, install_id="two")
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "code_expired")


@pytest.mark.capability("8MS-07")
def test_the_deep_link_carries_endpoint_token_and_a_label_only_when_given(tenant: Tenant) -> None:
    link = a_link(tenant, "eightms_link", label="Counter & café")
    query = parse_qs(urlsplit(link).query)
    assert link.startswith("eightms://pair?")
    assert query["endpoint"] == ["https://roost.example"]
    assert query["label"] == ["Counter & café"]
    assert len(query["token"][0]) == 32
    assert "label" not in parse_qs(urlsplit(a_link(tenant, "eightms_link")).query)
    phone = a_phone(tenant)
    phone.pair(link, install_id="labelled")
    assert tenant.http.get(f"/v1/phones/{phone.device_id}").json()["name"] == "Counter & café"


def test_a_lost_answer_can_be_asked_for_again_and_the_last_token_counts(tenant: Tenant) -> None:
    link = a_link(tenant)
    phone = a_phone(tenant)
    first = phone.pair(link, install_id="x").json()
    second = phone.pair(link, install_id="x").json()
    assert first["device_id"] == second["device_id"]
    assert first["token"] != second["token"]
    phone.call()
    phone.http.headers["authorization"] = f"Bearer {first['token']}"
    refused = phone.http.post("/phone/v1/callback", json=phone.body())
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "bad_token")


def test_an_installation_that_pairs_again_stays_the_phone_it_was(tenant: Tenant) -> None:
    phone = tenant.pair("Kitchen")
    before = phone.device_id
    phone.pair(a_link(tenant))
    assert phone.device_id == before
    assert [entry["name"] for entry in tenant.http.get("/v1/phones").json()["data"]] == ["Kitchen"]


def test_the_answer_brings_the_phone_its_configuration_and_the_owners_firebase(tenant: Tenant) -> None:
    phone = a_phone(tenant)
    answer = phone.pair(a_link(tenant), install_id="y").json()
    assert answer["firebase"]["project_id"] == "roost-local"
    assert "private_key" not in str(answer)
    assert answer["config"]["governor"] == {"segments_per_minute": 20, "min_gap_ms": 3_000}


def test_the_first_phone_is_primary_and_the_mark_can_be_moved_but_not_dropped(tenant: Tenant) -> None:
    first, second = tenant.pair(), tenant.pair()

    def primaries() -> list[str]:
        return [phone["id"] for phone in tenant.http.get("/v1/phones").json()["data"] if phone["primary"]]

    assert primaries() == [first.device_id]
    assert tenant.http.patch(f"/v1/phones/{second.device_id}", json={"primary": True}).json()["primary"] is True
    assert primaries() == [second.device_id]
    assert tenant.http.patch(f"/v1/phones/{second.device_id}", json={"primary": False}).status_code == 422
    tenant.http.delete(f"/v1/phones/{second.device_id}")
    assert primaries() == [first.device_id]


@pytest.mark.parametrize("by", ["owner", "phone"])
def test_an_unpaired_phone_hears_410_from_then_on_and_is_gone_from_the_list(tenant: Tenant, by: str) -> None:
    phone = tenant.pair()
    if by == "owner":
        assert tenant.http.delete(f"/v1/phones/{phone.device_id}").status_code == 204
    else:
        assert phone.http.post("/phone/v1/unpair", json={"reason": "user"}).status_code == 204
    for answer in (
        phone.http.post("/phone/v1/callback", json=phone.body()),
        phone.http.post("/phone/v1/unpair", json={}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "device_removed")
    assert tenant.http.get("/v1/phones").json()["data"] == []
    assert tenant.http.get(f"/v1/phones/{phone.device_id}").status_code == 404
    assert tenant.http.delete(f"/v1/phones/{phone.device_id}").status_code == 204, "removed is removed"


def test_what_waited_for_an_unpaired_phone_goes_to_another(tenant: Tenant, clock: Clock) -> None:
    staying = tenant.pair()
    clock.forward(seconds=1)
    leaving = tenant.pair()
    sent = [tenant.send().json()["id"] for _ in range(3)]
    held = leaving.claim(max=1)
    tenant.http.delete(f"/v1/phones/{leaving.device_id}")
    assert len(held) == 1
    assert sorted(job["job_id"] for job in staying.claim()) == sorted(sent), "also what it had not accepted yet"


def test_a_message_whose_phone_the_caller_chose_leaves_by_no_other(tenant: Tenant) -> None:
    leaving, staying = tenant.pair(), tenant.pair()
    sent = tenant.send(phone_id=leaving.device_id, sim_slot=1).json()["id"]
    tenant.http.delete(f"/v1/phones/{leaving.device_id}")
    assert staying.claim() == []
    message = tenant.message(sent)
    assert (message["status"], message["error"]) == ("failed", {"name": "phone_removed"})


def test_a_used_code_does_not_bring_a_removed_phone_back(tenant: Tenant) -> None:
    link = a_link(tenant)
    phone = a_phone(tenant)
    phone.pair(link, install_id="x")
    tenant.http.delete(f"/v1/phones/{phone.device_id}")
    refused = phone.pair(link, install_id="x")
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "code_used")


def test_what_waited_for_the_last_phone_fails_and_says_so(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = tenant.send().json()["id"]
    tenant.http.delete(f"/v1/phones/{phone.device_id}")
    message = tenant.message(sent)
    assert (message["status"], message["error"]) == ("failed", {"name": "no_phone_left"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"default_sim": 7}, "default_sim"),
        ({"colour": "red"}, "colour"),
        ({"enabled": "perhaps"}, "enabled"),
    ],
    ids=str,
)
def test_a_wrong_change_of_a_phone_names_the_field_and_changes_nothing(
    tenant: Tenant, change: dict[str, object], field: str
) -> None:
    phone = tenant.pair()
    before = tenant.http.get(f"/v1/phones/{phone.device_id}").json()
    answer = tenant.http.patch(f"/v1/phones/{phone.device_id}", json={"enabled": False, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert tenant.http.get(f"/v1/phones/{phone.device_id}").json() == before


@pytest.mark.capability("8MS-36")
def test_phones_are_listed_with_live_health(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair("Till")
    clock.forward(seconds=40)
    phone.health = {"battery": 81, "charging": True, "net": "5G"}
    phone.call()
    [shown] = tenant.http.get("/v1/phones").json()["data"]
    assert (shown["battery"], shown["charging"], shown["network"], shown["connected"]) == (81, True, "5G", True)
    assert shown["last_heartbeat_at"] == "2077-01-15T08:00:40.000Z"
    clock.forward(minutes=20)
    [silent] = tenant.http.get("/v1/phones").json()["data"]
    assert (silent["connected"], silent["presence"]) == (False, "quiet")
    phone.health = {"battery": 12, "net": "wifi", "missing": ["SEND_SMS"]}
    phone.call(phone.event("alert", data={"code": "permission_lost", "detail": "SEND_SMS"}))
    [again] = tenant.http.get("/v1/phones").json()["data"]
    assert (again["battery"], again["connected"], again["missing_permissions"]) == (12, True, ["SEND_SMS"])
    assert again["alerts"]["permission_lost"]["detail"] == "SEND_SMS"
    assert again["last_heartbeat_at"] == "2077-01-15T08:20:40.000Z"
