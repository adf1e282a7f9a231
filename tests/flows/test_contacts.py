"""/v1/contacts and /v1/lists: one contact per number, who is subscribed, and nobody put back by accident."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.domain.api_keys import Scope
from roost.usecases.manage_lists import add_to_list, subscribed_numbers, unsubscribe
from tests.roost_fixtures import Tenant

ANA, BEN, EVE = "+14155550001", "+14155550002", "+14155550003"


def put(tenant: Tenant, number: str = ANA, **members: object) -> dict[str, Any]:
    answer = tenant.http.post("/v1/contacts", json={"number": number, **members})
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def a_list(tenant: Tenant, name: str = "News") -> str:
    return str(tenant.http.post("/v1/lists", json={"name": name}).json()["id"])


def add(tenant: Tenant, list_id: str, number: str = ANA, **members: object) -> dict[str, Any]:
    answer = tenant.http.post(f"/v1/lists/{list_id}/contacts", json={"number": number, **members})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def receivers(tenant: Tenant, list_id: str) -> list[str]:
    """Whom a send to the list reaches."""
    return list(subscribed_numbers(tenant.deps, tenant.account.id, int(list_id.removeprefix("lst_"))))


def listed(tenant: Tenant, **params: Any) -> list[str]:
    """The numbers of all pages."""
    numbers: list[str] = []
    cursor: str | None = None
    while True:
        page = tenant.http.get("/v1/contacts", params={**params, **({"cursor": cursor} if cursor else {})}).json()
        numbers += [contact["number"] for contact in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return numbers


def test_a_contact_is_found_under_its_id_and_its_number(tenant: Tenant) -> None:
    made = put(
        tenant, first_name="Ana", last_name="Ruiz", email="ana@example.com", tags=["vip"], fields={"city": "Vigo"}
    )
    assert made["id"] == "con_14155550001"
    assert (made["name"], made["tags"], made["fields"]) == ("Ana Ruiz", ["vip"], {"city": "Vigo"})
    for spelling in ("con_14155550001", "14155550001", "%2B14155550001"):
        assert tenant.http.get(f"/v1/contacts/{spelling}").json() == made


def test_a_number_is_one_contact_and_keeps_what_is_not_said_again(tenant: Tenant) -> None:
    assert (
        tenant.http.post("/v1/contacts", json={"number": ANA, "name": "Ana", "fields": {"a": "1"}}).status_code == 201
    )
    again = tenant.http.post("/v1/contacts", json={"number": ANA, "email": "a@b.c", "fields": {"b": "2"}})
    assert again.status_code == 200
    assert (again.json()["name"], again.json()["fields"]) == ("Ana", {"a": "1", "b": "2"})
    assert listed(tenant) == [ANA]


def test_a_change_leaves_the_rest_and_null_clears(tenant: Tenant) -> None:
    made = put(tenant, name="Ana", email="a@b.c", tags=["x"], fields={"a": "1", "b": "2"})
    path = f"/v1/contacts/{made['id']}"
    changed = tenant.http.patch(path, json={"name": None, "fields": {"a": None}}).json()
    assert (changed["name"], changed["email"], changed["tags"], changed["fields"]) == (None, "a@b.c", ["x"], {"b": "2"})
    assert tenant.http.get(path).json() == changed


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"number": "0600"}, "number"),
        ({"name": "x" * 201}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"tags": [""]}, "tags"),
        ({"tags": [f"t{number}" for number in range(51)]}, "tags"),
        ({"fields": {"a": "x" * 501}}, "fields"),
        ({"fields": {"a": 1}}, "fields.a"),
        ({"phone": ANA}, "phone"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_refused_contact_names_its_field_and_is_not_kept(
    tenant: Tenant, members: dict[str, object], field: str
) -> None:
    answer = tenant.http.post("/v1/contacts", json={"number": ANA, **members})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert listed(tenant) == []


def test_lists_are_numbered_per_account_and_a_number_is_not_used_again(tenant: Tenant, other_tenant: Tenant) -> None:
    assert (a_list(tenant, "News"), a_list(tenant, "Offers"), a_list(other_tenant)) == ("lst_1", "lst_2", "lst_1")
    assert tenant.http.delete("/v1/lists/lst_2").status_code == 204
    assert a_list(tenant, "Third") == "lst_3"
    assert [found["id"] for found in tenant.http.get("/v1/lists").json()["data"]] == ["lst_1", "lst_3"]
    assert tenant.http.patch("/v1/lists/1", json={"name": "Weekly"}).json()["name"] == "Weekly"
    assert tenant.http.get("/v1/lists/lst_1").json()["name"] == "Weekly"


def test_adding_is_idempotent_and_makes_a_contact(tenant: Tenant) -> None:
    list_id = a_list(tenant)
    first = add(tenant, list_id, ANA, name="Ana")
    assert add(tenant, list_id, ANA) == first
    assert first["lists"] == [{"list_id": list_id, "subscribed": True}]
    assert tenant.http.get(f"/v1/contacts/{first['id']}").json() == first
    assert receivers(tenant, list_id) == [ANA]


def test_who_left_a_list_is_skipped_and_comes_back_only_when_that_is_meant(tenant: Tenant) -> None:
    list_id = a_list(tenant)
    ana = add(tenant, list_id, ANA)
    add(tenant, list_id, BEN)
    gone = tenant.http.delete(f"/v1/lists/{list_id}/contacts/{ana['id']}")
    assert gone.json()["lists"] == [{"list_id": list_id, "subscribed": False}]
    assert receivers(tenant, list_id) == [BEN]
    put(tenant, ANA, lists=[list_id])
    assert add(tenant, list_id, ANA)["lists"][0]["subscribed"] is False
    assert receivers(tenant, list_id) == [BEN]
    assert add(tenant, list_id, ANA, resubscribe=True)["lists"][0]["subscribed"] is True
    assert receivers(tenant, list_id) == [ANA, BEN]


def test_one_number_added_many_times_at_once_is_one_contact(tenant: Tenant) -> None:
    a_list(tenant)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: add_to_list(tenant.deps, tenant.account.id, 1, ANA, "Ana"), range(6)))
    assert {(contact.number, contact.name, contact.lists[1]) for contact in found} == {(ANA, "Ana", True)}
    assert receivers(tenant, "lst_1") == [ANA]


def test_a_list_of_hundreds_is_read_whole_and_in_pages(tenant: Tenant) -> None:
    list_id = a_list(tenant)
    numbers = [f"+141555{number:05d}" for number in range(230)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add_to_list(tenant.deps, tenant.account.id, 1, number), numbers))
    unsubscribe(tenant.deps, tenant.account.id, 1, numbers[7])
    expected = [number for number in numbers if number != numbers[7]]
    assert receivers(tenant, list_id) == expected
    assert listed(tenant, list_id=list_id, subscribed=True, limit=100) == expected
    assert listed(tenant, list_id=list_id, subscribed=False) == [numbers[7]]
    assert listed(tenant, limit=100) == numbers


def test_contacts_are_filtered_by_tag_and_list(tenant: Tenant) -> None:
    list_id = a_list(tenant)
    put(tenant, ANA, tags=["vip", "es"], lists=[list_id])
    put(tenant, BEN, tags=["vip"])
    put(tenant, EVE, lists=[list_id])
    assert listed(tenant, tag="vip") == [ANA, BEN]
    assert listed(tenant, list_id=list_id) == [ANA, EVE]
    assert listed(tenant, list_id=list_id, tag="vip") == [ANA]
    wrong = tenant.http.get("/v1/contacts", params={"subscribed": True})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "subscribed")


def test_a_deleted_contact_is_in_no_list_any_more(tenant: Tenant) -> None:
    list_id = a_list(tenant)
    ana = add(tenant, list_id, ANA)
    assert tenant.http.delete(f"/v1/contacts/{ana['id']}").status_code == 204
    assert receivers(tenant, list_id) == []
    assert tenant.http.get(f"/v1/contacts/{ana['id']}").status_code == 404
    assert tenant.http.delete(f"/v1/contacts/{ana['id']}").status_code == 404


def test_a_removed_list_is_gone_from_its_contacts(tenant: Tenant) -> None:
    list_id = a_list(tenant)
    ana = add(tenant, list_id, ANA)
    tenant.http.delete(f"/v1/lists/{list_id}")
    assert tenant.http.get(f"/v1/contacts/{ana['id']}").json()["lists"] == []
    assert tenant.http.post(f"/v1/lists/{list_id}/contacts", json={"number": ANA}).status_code == 404


def test_nothing_of_another_account_is_found(tenant: Tenant, other_tenant: Tenant) -> None:
    ana = add(tenant, a_list(tenant), ANA)
    for method, path in (
        ("GET", f"/v1/contacts/{ana['id']}"),
        ("PATCH", f"/v1/contacts/{ana['id']}"),
        ("DELETE", f"/v1/contacts/{ana['id']}"),
        ("GET", "/v1/lists/lst_1"),
        ("DELETE", "/v1/lists/lst_1"),
        ("DELETE", f"/v1/lists/lst_1/contacts/{ana['id']}"),
    ):
        body = {"json": {"name": "x"}} if method == "PATCH" else {}
        assert other_tenant.http.request(method, path, **body).status_code == 404, (method, path)  # type: ignore[arg-type]
    assert listed(other_tenant) == []


def test_reading_and_changing_contacts_are_two_scopes(tenant: Tenant) -> None:
    headers = {"x-api-key": tenant.key(Scope.CONTACTS_READ)}
    assert tenant.http.get("/v1/contacts", headers=headers).status_code == 200
    assert tenant.http.post("/v1/contacts", json={"number": ANA}, headers=headers).status_code == 403


MOVES = st.lists(
    st.tuples(st.sampled_from(["add", "again", "leave"]), st.sampled_from([ANA, BEN]), st.sampled_from([1, 2])),
    max_size=12,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_a_contact_and_its_lists_always_say_the_same(tenant: Tenant, moves: list[tuple[str, str, int]]) -> None:
    for number in listed(tenant):
        tenant.http.delete(f"/v1/contacts/con_{number[1:]}")
    while len(tenant.http.get("/v1/lists").json()["data"]) < 2:
        a_list(tenant)
    expected: dict[tuple[str, int], bool] = {}
    for move, number, list_id in moves:
        if move == "leave":
            known = (number, list_id) in expected
            answer = tenant.http.delete(f"/v1/lists/{list_id}/contacts/con_{number[1:]}")
            assert answer.status_code == (200 if known else 404)
            expected |= {(number, list_id): False} if known else {}
        else:
            add(tenant, str(list_id), number, resubscribe=move == "again")
            expected[number, list_id] = move == "again" or expected.get((number, list_id), True)
    for list_id in (1, 2):
        subscribed = {number for (number, where), state in expected.items() if where == list_id and state}
        assert set(receivers(tenant, f"lst_{list_id}")) == subscribed
        assert set(listed(tenant, list_id=list_id, subscribed=True)) == subscribed


def test_contacts_work_with_the_deployed_function_and_its_policy(deployed: Tenant) -> None:
    list_id = a_list(deployed)
    assert add(deployed, list_id, ANA, name="Ana")["lists"] == [{"list_id": list_id, "subscribed": True}]
    assert listed(deployed, list_id=list_id) == [ANA]
    assert deployed.http.delete(f"/v1/lists/{list_id}/contacts/con_14155550001").status_code == 200
    assert deployed.http.patch(f"/v1/lists/{list_id}", json={"name": "Other"}).status_code == 200
    assert deployed.http.delete("/v1/contacts/con_14155550001").status_code == 204
    assert deployed.http.delete(f"/v1/lists/{list_id}").status_code == 204


def test_who_answered_stop_is_shown_as_not_to_be_contacted(tenant: Tenant) -> None:
    phone = tenant.pair()
    put(tenant, ANA)
    put(tenant, BEN)
    phone.call(phone.event("sms.received", data={"from": ANA, "text": "Stop"}))
    page = tenant.http.get("/v1/contacts").json()["data"]
    assert {contact["number"]: contact["do_not_contact"] for contact in page} == {ANA: True, BEN: False}
    assert put(tenant, ANA, name="Ana")["do_not_contact"] is True
    phone.call(phone.event("sms.received", data={"from": ANA, "text": "START"}))
    assert tenant.http.get("/v1/contacts/con_14155550001").json()["do_not_contact"] is False
