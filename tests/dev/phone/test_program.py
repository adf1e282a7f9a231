"""`python -m dev.phone` as a user runs it: pairing, push, signals, kill -9, errors that say what to do."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.fcm.stand_in import FcmStandIn
from tests.dev.phone.served import Served

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server() -> Iterator[Served]:
    with Served() as served:
        yield served


def command(store: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "dev.phone", "--store", str(store), "--fast", *options]


def environment() -> dict[str, str]:
    """Nothing but what any shell has: the program must not need PYTHONPATH."""
    return {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}


def start(store: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(store, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment(),
    )


def run(store: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        command(store, *options), capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=20, check=False
    )
    return done.returncode, done.stdout + done.stderr


def stop(program: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    program.send_signal(number)
    output, _ = program.communicate(timeout=10)
    return program.returncode, output


def told_addresses(server: Served) -> set[object]:
    """What the phone told the server about its push; None for "no push"."""
    return {body.get("value") for path, body, _, _ in server.script.calls if path == "/phone/v1/push"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_phone_pairs_sends_reports_and_stops_on_a_signal(server: Served, tmp_path: Path, number: int) -> None:
    program = start(tmp_path, "--pair", server.link)
    server.wait_for_call("/phone/v1/push")
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=10)
    server.submit("msg_1", "+15005550001")
    program = start(tmp_path, "--net", "5g", "--battery", "12", "--no-charger")
    server.wait_for("job.delivered", "msg_1")
    code, output = stop(program, number)
    assert code == 0
    assert "goes on as phn_1" in output
    assert "msg_1 delivered" in output
    assert "+1500•••0001" in output
    assert "+15005550001" not in output
    assert "a secret text" not in output
    health = server.script.callbacks()[-1]["health"]
    assert (health["net"], health["battery"], health["charging"]) == ("5g", 12, False)


def test_a_wake_through_the_stand_in_brings_the_phone_to_call(server: Served, tmp_path: Path) -> None:
    server.script.firebase = {"application_id": "1", "api_key": "k", "project_id": "roost-local", "sender_id": "1"}
    with FcmStandIn() as fcm:
        program = start(tmp_path, "--pair", server.link, "--fcm", fcm.base_url)
        try:
            server.wait_for_call("/phone/v1/callback")
            registration = next(body for path, body, _, _ in server.script.calls if path == "/phone/v1/push")
            assert registration["provider"] == "fcm"
            server.submit("msg_1", "+15005550001")
            wake = {"token": registration["value"], "data": {"n": "n81"}, "android": {"priority": "high"}}
            fcm.send("roost-local", {"message": wake})
            server.wait_for("job.delivered", "msg_1")
            assert server.script.callbacks()[-1]["health"]["push"]["nonce"] == "n81"
            fcm.unregister(registration["value"])
            server.wait_until(lambda: len(told_addresses(server)) == 2)
        finally:
            stop(program)


def test_a_phone_registers_as_soon_as_the_stand_in_is_there(server: Served, tmp_path: Path) -> None:
    server.script.firebase = {"application_id": "1", "api_key": "k", "project_id": "roost-local", "sender_id": "1"}
    with FcmStandIn() as fcm:
        address = fcm.base_url
        port = int(address.rsplit(":", 1)[1])
    program = start(tmp_path, "--pair", server.link, "--fcm", address)
    server.wait_for_call("/phone/v1/push")
    assert told_addresses(server) == {None}
    with FcmStandIn().start(port):
        server.wait_until(lambda: len(told_addresses(server)) == 2)
    code, output = stop(program)
    assert code == 0
    assert "does not answer; polling until it does" in output


def test_a_killed_phone_goes_on_and_sends_nothing_twice(server: Served, tmp_path: Path) -> None:
    program = start(tmp_path, "--pair", server.link)
    server.wait_for_call("/phone/v1/callback")
    program.kill()
    program.communicate(timeout=10)
    server.script.config["governor"] = {"segments_per_minute": 20, "min_gap_ms": 300}
    server.script.extra = {"config": {**server.script.config, "rev": 2}}
    for number in range(4):
        server.submit(f"msg_{number}", "+15005550001")
    for _ in range(3):
        program = start(tmp_path)
        try:
            program.wait(timeout=0.9)
        except subprocess.TimeoutExpired:
            program.kill()
        program.communicate(timeout=10)
    program = start(tmp_path)
    for number in range(4):
        server.wait_for("job.delivered", f"msg_{number}", seconds=20)
    stop(program)
    with sqlite3.connect(tmp_path / "radio.sqlite") as radio:
        calls = radio.execute("SELECT job_id, count(*) FROM radio_log GROUP BY job_id").fetchall()
    radio.close()
    assert sorted(calls) == [(f"msg_{number}", 1) for number in range(4)]


def test_two_programs_cannot_be_the_same_phone(server: Served, tmp_path: Path) -> None:
    program = start(tmp_path, "--pair", server.link)
    server.wait_for_call("/phone/v1/callback")
    code, output = run(tmp_path)
    stop(program)
    assert code == 1
    assert "another --store" in output


def test_a_paired_phone_does_not_use_another_link(server: Served, tmp_path: Path) -> None:
    program = start(tmp_path, "--pair", server.link)
    server.wait_for_call("/phone/v1/callback")
    stop(program)
    program = start(tmp_path, "--pair", server.link)
    assert program.stdout is not None
    assert "already paired" in program.stdout.readline()
    stop(program)
    assert sum(path == "/phone/v1/pair" for path, *_ in server.script.calls) == 1


def test_without_a_link_an_unpaired_phone_says_what_it_needs(tmp_path: Path) -> None:
    code, output = run(tmp_path)
    assert code == 1
    assert "--pair" in output


@pytest.mark.parametrize(
    ("link", "advice"),
    [
        ("nonsense", "not a pairing link"),
        ("roost://pair?u=http%3A%2F%2F127.0.0.1%3A1&c=x", "cannot be reached"),
    ],
)
def test_a_link_that_does_not_work_is_explained(tmp_path: Path, link: str, advice: str) -> None:
    code, output = run(tmp_path, "--pair", link)
    assert code == 1
    assert advice in output
    assert "Traceback" not in output


def test_a_used_code_is_explained(server: Served, tmp_path: Path) -> None:
    server.script.refuse(410, "code_used")
    code, output = run(tmp_path, "--pair", server.link)
    assert code == 1
    assert "create a new one" in output


def test_a_removed_phone_ends_the_program(server: Served, tmp_path: Path) -> None:
    server.script.refuse(410, "device_removed")
    server.script.scripts.appendleft(server.script.answer)
    code, output = run(tmp_path, "--pair", server.link)
    assert code == 1
    assert "removed this phone" in output


def test_unpairing_from_the_command_line(server: Served, tmp_path: Path) -> None:
    program = start(tmp_path, "--pair", server.link)
    server.wait_for_call("/phone/v1/callback")
    stop(program)
    assert run(tmp_path, "--unpair")[0] == 0
    server.wait_for_call("/phone/v1/unpair")
    code, output = run(tmp_path, "--unpair")
    assert (code, "no pairing" in output) == (1, True)
