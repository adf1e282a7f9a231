"""The journal's files: what is read back after any kind of end."""

import json
from pathlib import Path

import pytest

from dev.cloud.journal import Change, Journal, JournalDamagedError


def _put(key: str) -> Change:
    return {
        "a": "000000000000",
        "r": "us-east-1",
        "t": "items",
        "e": "INSERT",
        "k": {"pk": {"S": key}},
        "p": {"pk": {"S": key}},
    }


def _open(folder: Path) -> Journal:
    journal = Journal(folder)
    journal.rotate()
    return journal


def test_one_request_is_one_line_and_is_on_disk_before_append_returns(tmp_path: Path) -> None:
    journal = _open(tmp_path)
    journal.append([_put("a"), _put("b")])
    (path,) = journal.files()
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [[_put("a"), _put("b")]]


def test_files_are_read_in_the_order_they_were_written(tmp_path: Path) -> None:
    journal = _open(tmp_path)
    for key in "abc":
        journal.append([_put(key)])
        journal.rotate()
    assert list(Journal(tmp_path).read()) == [[_put("a")], [_put("b")], [_put("c")]]


def test_a_torn_last_line_is_dropped_in_every_file(tmp_path: Path) -> None:
    for _ in range(2):
        journal = _open(tmp_path)
        journal.append([_put("a")])
        journal.close()
        path = journal.files()[-1]
        path.write_bytes(path.read_bytes() + b'[{"a":"0000')
    assert list(Journal(tmp_path).read()) == [[_put("a")], [_put("a")]]


def test_a_damaged_line_that_is_not_the_last_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "journal-00000001.jsonl").write_bytes(b"[]\n{\n[]\n")
    with pytest.raises(JournalDamagedError, match=r"journal-00000001\.jsonl, line 2 is damaged; restore"):
        list(Journal(tmp_path).read())


def test_rotating_names_the_files_a_snapshot_makes_superfluous(tmp_path: Path) -> None:
    journal = _open(tmp_path)
    journal.append([_put("a")])
    superfluous = journal.rotate()
    journal.append([_put("b")])
    journal.discard(superfluous)
    assert list(journal.read()) == [[_put("b")]]
    assert journal.size == sum(path.stat().st_size for path in journal.files())


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    _open(tmp_path).close()
    journal = _open(tmp_path)
    assert [path.name for path in journal.files()] == ["journal-00000001.jsonl", "journal-00000002.jsonl"]


def test_nothing_to_write_writes_nothing(tmp_path: Path) -> None:
    journal = _open(tmp_path)
    journal.append([])
    assert journal.size == 0


def test_appending_to_a_closed_journal_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not open"):
        Journal(tmp_path).append([_put("a")])


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "journal-notes.jsonl").write_text("not ours", encoding="utf-8")
    assert list(Journal(tmp_path).read()) == []
