"""/v1/lists: who is subscribed, nobody put back by accident, and a contact and its lists say the same."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.usecases.manage_lists import add_to_list, unsubscribe
from tests.flows.contacts import ANA, BEN, a_list, add, listed, put, receivers
from tests.roost_fixtures import Tenant


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
