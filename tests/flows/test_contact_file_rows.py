"""What single rows of a file of contacts say: who wants nothing more, and where a row is refused."""

from __future__ import annotations

from typing import Any

import pytest

from roost.runtime.media import media_store
from roost.storage.transactions import Write, WriteConflict, commit
from roost.usecases import import_contacts as import_module
from tests.flows.uploads import ANA, BEN, EVE, bulk, contact, refused
from tests.in_role import import_contacts
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


def test_refused_rows_are_told_as_a_spreadsheet_counts_them(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty lines count, a cell with line breaks is in one row; also when reading goes on with a new group."""
    monkeypatch.setattr(import_module, "GROUP", 2)
    made = bulk(tenant, f'\nphone,note\n\n\n12,\n{ANA},"two\nlines"\n\n13,\n14,\n').json()
    assert made["rows"] == 4
    assert [row for row, _ in refused(tenant, made)] == ["5", "8", "9"]


def test_a_number_at_the_very_end_of_a_file_is_taken_only_if_it_is_whole(tenant: Tenant) -> None:
    """Nobody can see whether a file without a last line end was cut off in its last number."""
    assert bulk(tenant, f"name,phone\nAna,{ANA}").json()["created"] == 1
    made = bulk(tenant, f"name,phone\nBen,{BEN}\nEve,+34600000").json()
    assert (made["created"], made["refused"]) == (1, 1)
    [[row, problem]] = refused(tenant, made)
    assert (row, problem.partition(",")[0]) == ("3", "may be cut off: the file ends in its number")


def test_a_group_of_rows_is_no_larger_than_a_transaction_may_be(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known about a contact weighs too, also where the file says little."""
    numbers = [f"+34600001{index:03d}" for index in range(12)]
    fields = [f"field{index}" for index in range(4)]
    long = "".join(f"{number},{','.join(['ñ' * 400] * 4)}\n" for number in numbers)
    weighed: list[int] = []

    def weighing(table: Any, *writes: Write) -> None:
        contacts = [
            write.request["Put"]["Item"] for write in writes if "fields" in write.request.get("Put", {}).get("Item", {})
        ]
        weighed.append(sum(len(str(item["fields"]).encode()) for item in contacts))
        commit(table, *writes)

    monkeypatch.setattr(import_module, "MOST_GROUP_BYTES", 12_000)
    monkeypatch.setattr(import_module, "commit", weighing)
    assert bulk(tenant, f"phone,{','.join(fields)}\n{long}").json()["created"] == 12
    made = bulk(tenant, "phone,name\n" + "".join(f"{number},N\n" for number in numbers)).json()
    assert (made["rows"], made["updated"]) == (12, 12)
    assert 3_000 < max(weighed) < 12_000


def test_an_import_that_others_keep_coming_in_the_way_of_goes_on_later(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(*writes: Any) -> None:
        if len(writes) > 2:
            raise WriteConflict
        commit(*writes)

    monkeypatch.setattr(import_module, "commit", conflict)
    monkeypatch.setattr(type(tenant.deps), "back_off", lambda *_: None)
    answer = bulk(tenant, f"phone\n{ANA}\n{BEN}\n")
    assert (answer.status_code, answer.json()["status"], answer.json()["rows"]) == (202, "running", 0)
    monkeypatch.undo()
    assert import_contacts(tenant.deps, media_store(), tenant.account.id, 1) == {"done": True}
    assert tenant.http.get("/v1/contacts/imports/imp_1").json()["created"] == 2


def test_a_file_opts_numbers_out_and_nothing_in_it_undoes_that(tenant: Tenant, phone: PhoneDriver) -> None:
    """Also where the rest of the row is refused; and our own export says it again somewhere else."""
    waiting = tenant.send(BEN).json()["id"]
    content = f"phone,email,do_not_contact\n{ANA},,yes\n{BEN},no address,TRUE\n{EVE},,no\n"
    made = bulk(tenant, content, list_id=tenant.http.post("/v1/lists", json={"name": "News"}).json()["id"]).json()
    assert (made["created"], made["refused"]) == (2, 1)
    assert [tenant.send(number).status_code for number in (ANA, BEN, EVE)] == [403, 403, 201]
    bulk(tenant, f"phone,opted_out\n{ANA},no\n{BEN},0\n{ANA},\n")
    assert [tenant.send(number).status_code for number in (ANA, BEN)] == [403, 403]
    assert [job["to"] for job in phone.claim()] == [EVE]
    assert tenant.message(waiting)["status"] == "canceled"


def test_an_exported_opt_out_is_one_where_the_file_is_imported(tenant: Tenant, other_tenant: Tenant) -> None:
    bulk(tenant, f"phone,unsubscribed\n{ANA},1\n{BEN},0\n")
    bulk(other_tenant, tenant.http.get("/v1/contacts/export").text)
    assert [contact(other_tenant, number)["do_not_contact"] for number in (ANA, BEN)] == [True, False]
