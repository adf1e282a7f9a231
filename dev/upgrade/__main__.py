"""`make upgrade FROM=REVISION`: what a Roost of an earlier version has accepted, kept and not sent yet, after this
version was put in its place and `migrate` was run twice.

The earlier version runs with the libraries of this one. Exit 0 when everything is there and nothing was sent twice.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from dev.cloud_process import LOOPBACK, PROJECT
from dev.faults.kill_verdict import radio_calls
from dev.local_roost import LocalRoost
from dev.upgrade import lived_in
from dev.upgrade.lived_in import LOOK_EVERY_SECONDS, PATIENCE_SECONDS, PHONE, listed, post, sent, until
from owner.__main__ import main as owner

LAST_TAG = ("git", "describe", "--tags", "--abbrev=0", "HEAD^")
"""Before this commit: a release is not compared with itself."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make upgrade")
    parser.add_argument("revision", nargs="?", help="a tag or commit of before; without it, the last tag")
    revision = parser.parse_args().revision or _last_tag()
    with tempfile.TemporaryDirectory(prefix="roost-upgrade-") as folder:
        state = Path(folder) / "state"
        port = _free_port()
        facts = _live(revision, Path(folder), state, port)
        print(
            f"used at {revision}: {len(facts['done'])} delivered, {len(facts['waiting'])} waiting, one for much later"
        )
        problems = list(_upgraded(state, port, facts))
    print(*(problems or ["kept: every message, contact and conversation; each that waited was sent once"]), sep="\n")
    return int(bool(problems))


def _last_tag() -> str:
    found = subprocess.run(LAST_TAG, cwd=PROJECT, capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit("there is no tag: name a commit of before, make upgrade FROM=abc1234")
    return found.stdout.strip()


def _free_port() -> int:
    """The phone knows its server by address: both versions are to have the same."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])


def _live(revision: str, folder: Path, state: Path, port: int) -> dict[str, Any]:
    """What a user of that version would remember. Raises SystemExit when it cannot be had or does not run."""
    old, facts = folder / "old", folder / "facts.json"
    old.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=PROJECT, capture_output=True, check=False)
    if archive.returncode:
        raise SystemExit(f"make upgrade: {archive.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", str(old)], input=archive.stdout, check=True)
    (old / ".venvs").symlink_to(PROJECT / ".venvs")
    path = os.pathsep.join([str(old), str(old / "shared")])
    command = [sys.executable, lived_in.__file__, str(state), str(port), str(facts)]
    if subprocess.run(command, cwd=old, env=os.environ | {"PYTHONPATH": path}, check=False).returncode:
        raise SystemExit(f"{revision} did not come through its own day: see above")
    found: dict[str, Any] = json.loads(facts.read_text())
    return found


def _upgraded(state: Path, port: int, facts: dict[str, Any]) -> Iterator[str]:
    with LocalRoost(state, port=port) as roost, roost.client() as http:
        for _ in range(2):
            if owner(["--local", "--state", str(state), "migrate"]):
                yield "migrate failed"
        yield from _kept(http, facts)
        roost.start_phone(state / "phone", PHONE, "--fast")
        _until_sent(state / "phone", facts["waiting"])
        # A batch is reported with the phone's next call, which may be its poll: an urgent message makes it call now.
        new = sent(http, {"to": lived_in.DELIVERED, "body": "after", "priority": "urgent"})
        for message_id in [new, *facts["waiting"]]:
            until(http, message_id, "delivered")
        post(http, f"/v1/messages/{facts['later']}/cancel", {})
        until(http, facts["later"], "canceled")
        calls = _sent_by(state / "phone")
    for message_id in [*facts["done"], *facts["waiting"], new]:
        if (times := calls[message_id]) != 1:
            yield f"{message_id} was sent {times} times"


def _sent_by(store: Path) -> Counter[str]:
    """How often the phone's radio was asked to send each message."""
    calls: Counter[str] = Counter()
    for (message_id, _, _), count in radio_calls([store]).items():
        calls[message_id] += count
    return calls


def _until_sent(store: Path, messages: Sequence[str]) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while missing := [message_id for message_id in messages if not _sent_by(store)[message_id]]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not sent after the upgrade: {', '.join(missing)}")
        time.sleep(LOOK_EVERY_SECONDS)


def _kept(http: httpx.Client, facts: dict[str, Any]) -> Iterator[str]:
    """An answer may have more members than before, none that says something else."""
    for message_id, before in facts["done"].items():
        now = http.get(f"/v1/messages/{message_id}").json()
        yield from (
            f"{message_id}: {name} was {told}, is {now.get(name)}"
            for name, told in before.items()
            if now.get(name) != told
        )
    for what in ("contacts", "conversations"):
        if (now := listed(http, what)) != facts[what]:
            yield f"{what} were {facts[what]}, are {now}"


if __name__ == "__main__":
    sys.exit(main())
