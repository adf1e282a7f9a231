"""Data outlives a version, a stack and a mistake: an export restores, an old schema upgrades, what must go is gone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from dev.cloud_process import CloudProcess
from dev.lambda_transport import LambdaTransport
from dev.local_roost import write_endpoint
from owner.__main__ import main
from owner.whole_tables import tables_of, walk
from roost.domain.messages import LATEST_SCHEDULE, MAX_LIFETIME
from roost.domain.retention import KEEP_MESSAGE
from roost.runtime.deps import Deps
from tests.cloud_fixtures import StartCloud
from tests.flows.campaigns import a_campaign, add_contacts, do, look, shown
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant, new_tenant

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
SCHEMA_1 = SNAPSHOTS / "schema-1.jsonl.gz"
KNOWN = json.loads((SNAPSHOTS / "schema-1.json").read_text(encoding="utf-8"))
"""What a caller and a phone of the snapshot keep: made by the code of before schemas had versions."""


@pytest.fixture(scope="module")
def cloud(start_cloud: StartCloud) -> Iterator[CloudProcess]:
    """Empty, and for these tests alone: a restore wants a stack without accounts."""
    with start_cloud() as process:
        yield process


@pytest.fixture
def empty(deps: Deps) -> Deps:
    for table in tables_of(deps).values():
        for item in walk(table):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    return deps


class Owner:
    """Types commands and reads what is printed."""

    def __init__(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._words = ["--local", "--state", str(state), "--json"]
        self._capsys = capsys

    def types(self, *words: str) -> Any:
        self._capsys.readouterr()
        code = main([*self._words, *words])
        printed = self._capsys.readouterr()
        assert code == 0, printed.err
        return json.loads(printed.out)

    def is_refused(self, *words: str) -> str:
        assert main([*self._words, *words]) == 1
        return self._capsys.readouterr().err


@pytest.fixture
def owner(cloud: CloudProcess, empty: Deps, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Owner:
    write_endpoint(cloud, tmp_path)
    return Owner(tmp_path, capsys)


@pytest.fixture
def account(empty: Deps, handlers: LambdaTransport) -> Iterator[Tenant]:
    with new_tenant(empty, "https://roost.example", handlers) as made:
        yield made


def counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["table"]: row["items"] for row in rows if row["items"]}


def everything(deps: Deps) -> str:
    return str([item for table in tables_of(deps).values() for item in walk(table)])


def open_messages(deps: Deps) -> list[str]:
    return [item["text"] for item in walk(deps.messages) if item.get("status") == "dispatching" and "text" in item]


def texts_sent_by(phone: PhoneDriver, clock: Clock) -> set[str]:
    """Until nothing is left for it."""
    texts = set()
    for turn in range(10):
        jobs = phone.claim(f"clm_of_turn_{turn}")
        if jobs:
            phone.call(phone.accept(*jobs), *(phone.event("job.sent", job) for job in jobs))
        texts |= {job["text"] for job in jobs}
        clock.forward(minutes=1)
    return texts


@pytest.fixture
def restored(owner: Owner, deps: Deps, clock: Clock, handlers: LambdaTransport) -> Iterator[Any]:
    """The stack of the old version, with its caller and its phone, after an upgrade that was run twice."""
    clock.now = KNOWN["now"]
    put_back = owner.types("restore", str(SCHEMA_1), "--nothing-was-sent-since")
    assert counts(put_back) == KNOWN["counts"]
    migrated = [owner.types("migrate")[0]["changed"] for _ in range(2)]
    tenant = SimpleNamespace(id=KNOWN["account"])
    with new_tenant(deps, "https://roost.example", handlers) as other:
        http, phone_http = other.http, other.transport
        http.headers["x-api-key"] = KNOWN["key"]
        with httpx.Client(base_url=other.base_url, transport=phone_http) as calls:
            calls.headers["authorization"] = f"Bearer {KNOWN['phone_token']}"
            phone = PhoneDriver(calls, clock)
            phone.name = KNOWN["phone"]
            yield SimpleNamespace(account=tenant, http=http, phone=phone, migrated=migrated)


def test_data_of_the_first_schema_is_upgraded_once_and_goes_on_working(restored: Any, deps: Deps, clock: Clock) -> None:
    assert restored.migrated[0] > 0
    assert restored.migrated[1] == 0
    assert all("ttl" in item for item in walk(deps.messages) if "direction" in item)
    delivered = restored.http.get(f"/v1/messages/{KNOWN['messages']['delivered']}").json()
    assert (delivered["status"], delivered["body"]) == ("delivered", "delivered")
    assert {"waits", "batch 0", "batch 3"} <= texts_sent_by(restored.phone, clock)
    assert restored.http.post("/v1/sms/send", json={"to": "+14155550009", "body": "new"}).status_code == 201
    opted_out = restored.http.post("/v1/sms/send", json={"to": "+14155550002", "body": "no"})
    assert opted_out.json()["code"] == "recipient_opted_out"


def test_an_export_restores_with_the_same_counts_and_sends_nothing_twice(
    owner: Owner, account: Tenant, deps: Deps, tmp_path: Path, empty: Deps
) -> None:
    phone = account.pair()
    sent = account.send(body="waits").json()["id"]
    account.http.post("/v1/sms/batch", json={"messages": [{"to": "+14155550100", "body": "of a batch"}]})
    account.http.post("/v1/ussd", json={"code": "*100#"})
    add_contacts(account, "+14155550101")
    draft, begun = a_campaign(account), a_campaign(account)
    do(account, begun, "start")
    file = tmp_path / "kept.jsonl.gz"
    exported = owner.types("export", str(file))
    assert file.stat().st_mode & 0o077 == 0
    assert "accounts" in owner.is_refused("restore", str(file))
    for table in tables_of(deps).values():
        for item in walk(table):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    assert owner.types("restore", str(file)) == exported
    assert account.message(sent)["status"] == "unknown"
    assert open_messages(deps) == []
    assert look(account, begun) == {"done": True}
    assert phone.claim() == []
    assert [shown(account, campaign)["status"] for campaign in (draft, begun)] == ["draft", "canceled"]
    assert account.send(body="new").status_code == 201
    assert [job["text"] for job in phone.claim()] == ["new"]


@pytest.mark.parametrize("damage", ["cut", "no gzip", "another file"])
def test_a_file_that_is_no_whole_export_restores_nothing(owner: Owner, deps: Deps, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "damaged.jsonl.gz"
    lines = gzip.decompress(SCHEMA_1.read_bytes()).splitlines(keepends=True)
    content = {"cut": b"".join(lines[:-3]), "no gzip": b"", "another file": b'{"roost": "diary"}\n{"items": 0}\n'}[
        damage
    ]
    file.write_bytes(gzip.compress(content) if content else b"not compressed")
    assert "export" in owner.is_refused("restore", str(file))
    assert everything(deps) == "[]"


def test_an_export_of_one_account_has_nothing_of_another(owner: Owner, account: Tenant, tmp_path: Path) -> None:
    account.pair()
    with new_tenant(account.deps, account.base_url, account.transport) as other:
        other.pair()
        assert other.send("+14155557777", "of the other").status_code == 201
        file = tmp_path / "one.jsonl.gz"
        owner.types("export", str(file), "--account", account.account.id)
        content = gzip.decompress(file.read_bytes()).decode()
        assert account.account.id in content
        assert other.account.id not in content
        assert "of the other" not in content


def test_an_erased_recipient_is_nowhere_but_in_its_stop(owner: Owner, account: Tenant, deps: Deps) -> None:
    phone = account.pair()
    number, other = "+14155558888", "+14155559999"
    account.http.post("/v1/contacts", json={"number": number, "name": "Ada"})
    for to in (number, other):
        assert account.send(to, f"to {to}").status_code == 201
    assert "Cancel" in owner.is_refused("erase-recipient", account.account.id, number)
    jobs = phone.claim()
    phone.call(phone.accept(*jobs), *(phone.event("job.sent", job) for job in jobs))
    phone.call(phone.event("sms.received", data={"from": number, "text": "STOP", "sim_id": "sim_a"}))
    for job in phone.claim():  # the confirmation of the STOP
        phone.call(phone.accept(job), phone.event("job.sent", job))
    said = {row["what"] for row in owner.types("erase-recipient", account.account.id, "+1 415 555 8888")}
    assert "kept: its STOP" in said
    stored = [item for table in tables_of(deps).values() for item in walk(table) if number in str(item)]
    assert [item["sk"] for item in stored] == [f"opt-out#{number}"]
    assert other in everything(deps)
    assert account.send(number).json()["code"] == "recipient_opted_out"
    owner.types("erase-recipient", account.account.id, number, "--opt-out-too")
    assert number not in everything(deps)


def test_a_deleted_account_leaves_nothing_and_takes_nothing_of_another(
    owner: Owner, account: Tenant, deps: Deps
) -> None:
    account.pair()
    account.send()
    with new_tenant(deps, account.base_url, account.transport) as other:
        phone = other.pair()
        assert other.send(body="stays").status_code == 201
        assert "--yes" in owner.is_refused("delete-account", account.account.id)
        owner.types("delete-account", account.account.id, "--yes", "Test")
        assert account.account.id not in everything(deps)
        assert account.send().status_code == 401
        assert [job["text"] for job in phone.claim()] == ["stays"]


def test_a_message_is_kept_until_its_farthest_deadline_is_past() -> None:
    assert KEEP_MESSAGE > LATEST_SCHEDULE + MAX_LIFETIME
