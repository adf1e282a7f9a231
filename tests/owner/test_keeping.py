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
from owner import snapshots
from owner.connection import ConnectionRefused
from owner.migrations import NEWEST
from owner.whole_tables import tables_of, walk
from roost.domain.messages import LATEST_SCHEDULE, MAX_LIFETIME
from roost.domain.retention import KEEP_MESSAGE
from roost.runtime.deps import Deps
from tests.cloud_fixtures import StartCloud
from tests.flows.campaigns import a_campaign, add_contacts, do, look, shown
from tests.owner.terminal import Terminal
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
    empty_all(deps)
    return deps


def empty_all(deps: Deps) -> None:
    for table in tables_of(deps).values():
        for item in walk(table):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.fixture
def owner(cloud: CloudProcess, empty: Deps, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    write_endpoint(cloud, tmp_path)
    return Terminal(tmp_path, capsys)


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
def restored(owner: Terminal, deps: Deps, clock: Clock, handlers: LambdaTransport) -> Iterator[Any]:
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
    owner: Terminal, account: Tenant, deps: Deps, tmp_path: Path, empty: Deps
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
    empty_all(deps)
    assert owner.types("restore", str(file)) == exported
    assert account.message(sent)["status"] == "unknown"
    assert open_messages(deps) == []
    assert look(account, begun) == {"done": True}
    assert phone.claim() == []
    assert [shown(account, campaign)["status"] for campaign in (draft, begun)] == ["draft", "canceled"]
    assert account.send(body="new").status_code == 201
    assert [job["text"] for job in phone.claim()] == ["new"]


def test_an_older_version_does_not_take_what_a_newer_one_exported(owner: Terminal, deps: Deps, tmp_path: Path) -> None:
    newer = tmp_path / "newer.jsonl.gz"
    about = {"roost": "export", "schema": NEWEST + 1, "at": 0, "account": None}
    for told in (about, about | {"schema": 1, "newest": NEWEST + 1}):
        newer.write_bytes(gzip.compress(f"{json.dumps(told)}\n{json.dumps({'items': 0})}\n".encode()))
        assert f"schema {NEWEST + 1}" in owner.is_refused("restore", str(newer))
    assert everything(deps) == "[]"


def test_an_old_export_is_migrated_in_a_stack_that_was_migrated_while_it_was_empty(owner: Terminal, deps: Deps) -> None:
    owner.types("migrate")
    owner.types("restore", str(SCHEMA_1))
    assert owner.types("migrate")[0]["changed"] > 0
    assert all("ttl" in item for item in walk(deps.messages) if "direction" in item)


def test_a_restore_that_was_broken_off_may_be_run_again(
    owner: Terminal, deps: Deps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: Any) -> dict[str, Any]:
        raise ConnectionRefused("the line is dead")

    with monkeypatch.context() as breaking:
        last = len([line for line in gzip.decompress(SCHEMA_1.read_bytes()).splitlines() if b'"item"' in line]) - 1
        marked = iter(range(last))
        breaking.setattr(
            snapshots, "_marked", lambda _, __, item: item if next(marked, None) is not None else broken_off()
        )
        assert "the line is dead" in owner.is_refused("restore", str(SCHEMA_1))
    assert counts(owner.types("restore", str(SCHEMA_1))) == KNOWN["counts"]


def test_what_was_open_of_a_batch_ends_as_canceled(
    owner: Terminal, account: Tenant, deps: Deps, tmp_path: Path, empty: Deps
) -> None:
    account.pair()
    account.http.post("/v1/sms/batch", json={"messages": [{"to": "+14155550100", "body": "of a batch"}]})
    add_contacts(account, "+14155550101")
    campaign = a_campaign(account)
    do(account, campaign, "start")
    look(account, campaign)
    file = tmp_path / "kept.jsonl.gz"
    owner.types("export", str(file))
    empty_all(deps)
    owner.types("restore", str(file))
    listed = account.http.get("/v1/messages").json()["data"]
    assert {message["status"] for message in listed} == {"canceled"}
    assert len(listed) == 2


def test_an_export_leaves_the_one_before_until_it_is_whole(owner: Terminal, account: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl.gz"
    file.write_text("of yesterday")
    file.chmod(0o644)
    assert "No such account" in owner.is_refused("export", str(file), "--account", "nobody")
    assert "No such file" in owner.is_refused("export", str(tmp_path / "nowhere" / "kept.jsonl.gz"))
    assert file.read_text() == "of yesterday"
    owner.types("export", str(file), "--account", account.account.id)
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("kept*")] == ["kept.jsonl.gz"]


@pytest.mark.parametrize("damage", ["cut", "no gzip", "another file", "no JSON", "broken"])
def test_a_file_that_is_no_whole_export_restores_nothing(
    owner: Terminal, deps: Deps, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "damaged.jsonl.gz"
    lines = gzip.decompress(SCHEMA_1.read_bytes()).splitlines(keepends=True)
    whole = SCHEMA_1.read_bytes()
    file.write_bytes(
        {
            "cut": gzip.compress(b"".join(lines[:-3])),
            "no gzip": b"not compressed",
            "another file": gzip.compress(b'{"roost": "diary"}\n{"items": 0}\n'),
            "no JSON": gzip.compress(b"a poem\nof two lines\n"),
            "broken": whole[:60] + bytes(40) + whole[100:],
        }[damage]
    )
    assert "export" in owner.is_refused("restore", str(file))
    assert everything(deps) == "[]"


def test_an_export_of_one_account_has_nothing_of_another(owner: Terminal, account: Tenant, tmp_path: Path) -> None:
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


def test_a_message_is_kept_until_its_farthest_deadline_is_past() -> None:
    assert KEEP_MESSAGE > LATEST_SCHEDULE + MAX_LIFETIME
