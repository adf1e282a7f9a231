"""Contacts and lists, as their owner makes and reads them."""

from typing import Any

from roost.usecases.manage_lists import subscribed_numbers
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
