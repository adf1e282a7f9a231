"""/v1/contacts: one contact per number, found and changed, and never another account's."""

import pytest

from roost.domain.api_keys import Scope
from tests.flows.contacts import ANA, BEN, EVE, a_list, add, listed, put
from tests.roost_fixtures import Tenant


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
