"""/v1/contacts/bulk, imports and export: what is good is in once, what is not is listed by row and reason."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from roost.domain.imports import ContactImport
from roost.runtime.media import media_store
from roost.storage import contact_imports
from roost.storage.transactions import commit
from roost.usecases import import_contacts as import_module
from tests.flows.uploads import ANA, BEN, EVE, bulk, contact, refused
from tests.in_role import import_contacts
from tests.roost_fixtures import Clock, Tenant


@pytest.mark.capability("8MS-33")
def test_a_csv_is_imported_row_by_row_with_its_own_columns_and_a_duplicate_tells_more(tenant: Tenant) -> None:
    answer = bulk(
        tenant,
        "first_name,last_name,phone,email,city\n"
        f"Ana,Ruiz,{ANA},ana@example.com,Vigo\n"
        f"Ben,,{BEN},,\n"
        "Bad,,12,,\n"
        f"Anita,,{ANA},,Lugo\n",
    )
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["rows"], made["created"], made["updated"], made["refused"]) == (4, 2, 1, 1)
    assert (made["status"], made["progress"]) == ("completed", 100)
    found = contact(tenant, ANA)
    assert (found["first_name"], found["last_name"], found["fields"]) == ("Anita", "Ruiz", {"city": "Lugo"})
    [[row, problem]] = refused(tenant, made)
    assert (row, problem) == (
        "4",
        "has no phone number that can be reached; numbers without a country need a default_country",
    )


def test_the_same_file_again_changes_nothing(tenant: Tenant) -> None:
    content = f"phone;name\n{ANA};Ana\n{BEN};Ben\n"
    assert bulk(tenant, content).json()["created"] == 2
    again = bulk(tenant, content).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


def test_numbers_without_a_country_take_the_default_one_and_everybody_gets_the_tags_and_the_list(
    tenant: Tenant,
) -> None:
    list_id = tenant.http.post("/v1/lists", json={"name": "News"}).json()["id"]
    made = bulk(tenant, "phone\n600 000 101\n", default_country="es", tags="vip, new", list_id=list_id)
    assert made.status_code == 200, made.text
    found = contact(tenant, ANA)
    assert found["tags"] == ["new", "vip"]
    assert found["lists"] == [{"list_id": list_id, "subscribed": True}]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"first_name,city\nAna,Vigo\n", "no column headed phone; its columns are: first_name, city"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\x1f\x8b\x08rest", "compressed"),
        (b"\n\n", "is empty"),
    ],
)
def test_what_is_no_file_of_contacts_is_refused_with_the_reason(tenant: Tenant, content: bytes, problem: str) -> None:
    answer = bulk(tenant, content)
    assert answer.status_code == 422
    assert problem in answer.json()["errors"][0]["problem"]


def test_a_file_that_is_cut_off_half_way_is_imported_up_to_there(tenant: Tenant) -> None:
    made = bulk(tenant, f"phone,name,city\n{ANA},Ana,Vigo\n{BEN},B").json()
    assert (made["created"], made["refused"]) == (1, 1)
    assert refused(tenant, made) == [["3", "is cut off: the file ends in the middle of it"]]


def test_a_form_without_a_file_is_told_how_to_send_one(tenant: Tenant) -> None:
    for answer in (tenant.http.post("/v1/contacts/bulk", data={"a": "b"}), tenant.http.post("/v1/contacts/bulk")):
        assert answer.status_code == 422
        assert "curl -F file=@contacts.csv" in answer.json()["detail"]


def test_a_large_file_comes_by_a_link_and_is_started_once(tenant: Tenant) -> None:
    content = f"phone,name\n{ANA},Ana\n".encode()
    made = tenant.http.post("/v1/contacts/imports", json={"size": len(content)}).json()
    early = tenant.http.post(f"/v1/contacts/imports/{made['id']}/start")
    assert (early.status_code, early.json()["code"]) == (409, "not_uploaded")
    upload = made["upload"]
    httpx.put(upload["url"], content=content, headers=upload["headers"]).raise_for_status()
    for _ in range(2):
        assert tenant.http.post(f"/v1/contacts/imports/{made['id']}/start").status_code == 202
    while not import_contacts(tenant.deps, media_store(), tenant.account.id, 1)["done"]:
        pass
    found = tenant.http.get(f"/v1/contacts/imports/{made['id']}").json()
    assert (found["status"], found["created"]) == ("completed", 1)


def test_imports_are_listed_newest_first_page_by_page_and_to_their_owner_only(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    for rows in (f"{ANA}\n", f"{BEN}\n12\n", f"{EVE}\n"):
        bulk(tenant, f"phone\n{rows}")
    page = tenant.http.get("/v1/contacts/imports?limit=2").json()
    assert [(each["id"], each["created"], each["refused"]) for each in page["data"]] == [
        ("imp_3", 1, 0),
        ("imp_2", 1, 1),
    ]
    assert page["data"][1] == tenant.http.get("/v1/contacts/imports/imp_2").json()
    rest = tenant.http.get(f"/v1/contacts/imports?limit=2&cursor={page['next_cursor']}").json()
    assert ([each["id"] for each in rest["data"]], rest["next_cursor"]) == (["imp_1"], None)
    assert tenant.http.get("/v1/contacts/imports?limit=3").json()["next_cursor"] is None
    assert tenant.http.get("/v1/contacts/imports?cursor=cmp_1").status_code == 422
    assert other_tenant.http.get("/v1/contacts/imports").json() == {"data": [], "next_cursor": None}


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("dies_after", [0, 1, 2, 3])
def test_an_import_that_dies_anywhere_goes_on_and_counts_each_row_once(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, dies_after: int
) -> None:
    """Killed before or behind a transaction: the rows and the progress are one."""
    monkeypatch.setattr(import_module, "GROUP", 10)
    real, commits = commit, 0

    def dying(*writes: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == dies_after + 1:
            real(*writes)
            raise Killed
        real(*writes)

    monkeypatch.setattr(import_module, "commit", dying)
    rows = "".join(f"+34600001{index:03d},N{index}\n" for index in range(25))
    bulk(tenant, f"phone,name\n{rows}")
    assert commits == dies_after + 1
    monkeypatch.setattr(import_module, "commit", real)
    assert import_contacts(tenant.deps, media_store(), tenant.account.id, 1) == {"done": True}
    found = tenant.http.get("/v1/contacts/imports/imp_1").json()
    assert (found["rows"], found["created"], found["updated"], found["unchanged"]) == (25, 25, 0, 0)


def test_reading_goes_on_later_when_time_runs_out(
    tenant: Tenant, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module, "GROUP", 5)
    real = import_module._write

    def slow(*arguments: Any) -> ContactImport:
        clock.forward(seconds=10)
        return real(*arguments)

    monkeypatch.setattr(import_module, "_write", slow)
    rows = "".join(f"+34600001{index:03d}\n" for index in range(25))
    answer = bulk(tenant, f"phone\n{rows}")
    assert (answer.status_code, answer.json()["rows"]) == (202, 10)
    assert 0 < answer.json()["progress"] < 100
    looks = 1
    while not import_contacts(tenant.deps, media_store(), tenant.account.id, 1)["done"]:
        looks += 1
    assert looks == 2
    assert tenant.http.get("/v1/contacts/imports/imp_1").json()["created"] == 25


def test_more_rows_than_an_import_may_have_end_it_with_the_reason(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module, "MOST_ROWS", 20)
    monkeypatch.setattr(import_module, "GROUP", 10)
    rows = "".join(f"+34600001{index:03d}\n" for index in range(25))
    answer = bulk(tenant, f"phone\n{rows}")
    assert answer.status_code == 422
    assert "more than 20 rows: what stands before them was imported" in answer.json()["detail"]
    found = contact_imports.get_import(tenant.deps.contacts, tenant.account.id, 1)
    assert found is not None
    assert found.created == 20


def test_what_is_exported_is_imported_again_as_it_was_and_runs_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    content = (
        f'phone,first_name,email,tags,note\n{ANA},"=cmd|x",ana@example.com,"b,a",-5\n{BEN},"Line\nbreak",,,"@SUM(A1)"\n'
    )
    assert bulk(tenant, content).json()["created"] == 2
    exported = tenant.http.get("/v1/contacts/export")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(exported.text)))
    assert rows[1][1] == "'=cmd|x"
    assert rows[2][-1] == "'@SUM(A1)"
    assert other_tenant.http.get("/v1/contacts/export").text.count("\n") == 1
    again = bulk(other_tenant, exported.text).json()
    assert (again["created"], again["refused"]) == (2, 0)
    ours, theirs = contact(tenant, ANA), contact(other_tenant, ANA)
    assert {**theirs, "created_at": ours["created_at"]} == ours


def test_contacts_are_found_by_tags_fields_and_words(tenant: Tenant) -> None:
    bulk(tenant, f'phone,name,tags,city\n{ANA},Ana Ruiz,"vip,old",Vigo\n{BEN},Ben,vip,Lugo\n{EVE},Eve,new,Vigo\n')
    for query, numbers in (
        ({"tag": ["vip", "old"]}, [ANA]),
        ({"any_tag": ["old", "new"]}, [ANA, EVE]),
        ({"field": "city:Vigo"}, [ANA, EVE]),
        ({"search": "rUIz"}, [ANA]),
        ({"search": "0000102"}, [BEN]),
        ({"tag": "vip", "field": "city:Lugo"}, [BEN]),
    ):
        found = tenant.http.get("/v1/contacts", params=query).json()["data"]
        assert [each["number"] for each in found] == numbers, query
