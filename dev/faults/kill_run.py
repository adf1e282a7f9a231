"""`make kills`: SIGKILL to functions, phones and the whole local cloud in the middle of a run, in real time.

Everything is a process here: the deployed functions, the engine, each phone. What the radios' own logs say decides.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from os import kill
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import httpx

from dev.faults.kill_verdict import Verdict, verdict_of
from dev.local_roost import LocalRoost

NUMBER = "+15005550001"
"""Its carrier always delivers."""
LIFETIME_SECONDS = 3_600
ENDED = frozenset({"delivered", "failed", "expired", "canceled", "unknown"})
KILL_EVERY_SECONDS = 2.0
CLOUD_KILLS = (0.35, 0.7)
"""After which parts of the messages were accepted."""
TRY_AGAIN_SECONDS = 0.3
LOOK_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Size:
    """`per_second`: how fast messages are submitted; `patience_seconds`: for the last of them to end."""

    messages: int
    phones: int
    per_second: float = 10.0
    patience_seconds: float = 900.0


@dataclass(slots=True)
class KillRun:
    """`accepted`: message ids. `killed`: how often which kind of process."""

    roost: LocalRoost
    size: Size
    rng: random.Random
    tell: Callable[[str], None]
    accepted: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    phones: dict[Path, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self) -> Verdict:
        self._start_phones()
        sender = Thread(target=self._submit_all, daemon=True)  # must not outlive a run that broke
        sender.start()
        while sender.is_alive():
            self._kill_something()
            time.sleep(self.rng.uniform(0.5, 1.5) * KILL_EVERY_SECONDS)
        sender.join()
        if len(self.accepted) < self.size.messages:
            raise RuntimeError(f"only {len(self.accepted)} of {self.size.messages} messages could be submitted")
        self.tell(f"all {len(self.accepted)} are accepted; killed so far: {dict(self.killed)}")
        shown = self._until_all_have_ended()
        self._stop_phones()
        return verdict_of(shown, self._listed(), list(self.phones), dict(self.killed))

    def _start_phones(self) -> None:
        for number in range(1, self.size.phones + 1):
            store, label = self.roost.state / f"phone-{number}", f"Phone {number}"
            link = self.roost.pairing_link(label=label)
            self.phones[store] = self.roost.go_on_as_phone(store, "--fast", "--pair", link)
            self.roost.pace_fast(label)

    def _submit_all(self) -> None:
        started = time.monotonic()
        for number in range(1, self.size.messages + 1):
            time.sleep(max(0.0, started + number / self.size.per_second - time.monotonic()))
            self.accepted.append(self._submit(number))

    def _submit(self, number: int) -> str:
        """As a careful caller: the same request with the same key until it is answered."""
        body = {"to": NUMBER, "body": f"message {number}", "ttl_seconds": LIFETIME_SECONDS}
        headers = {"Idempotency-Key": f"kills-{number}"}
        while True:
            try:
                with self.roost.client() as http:
                    answer = http.post("/v1/sms/send", json=body, headers=headers)
                if answer.status_code in (200, 201):
                    return str(answer.json()["id"])
            except (httpx.HTTPError, ValueError):
                pass  # the local cloud answers 200 with something else for a function that was killed
            time.sleep(TRY_AGAIN_SECONDS)

    def _kill_something(self) -> None:
        due = sum(len(self.accepted) >= part * self.size.messages for part in CLOUD_KILLS)
        if due > self.killed["cloud"]:
            self.killed["cloud"] += 1
            self.roost.kill_cloud()
        elif self.rng.random() < 0.6:
            self._kill_function()
        else:
            self._kill_phone()

    def _kill_function(self) -> None:
        """One of the processes in which the deployed handlers run, whatever it is doing."""
        found = subprocess.run(["pgrep", "-P", str(self.roost.cloud.pid)], capture_output=True, text=True, check=False)
        workers = [int(pid) for pid in found.stdout.split()]
        with suppress(ProcessLookupError):  # it ended meanwhile: the engine lets idle ones go
            if workers:
                kill(self.rng.choice(workers), signal.SIGKILL)
                self.killed["function"] += 1

    def _kill_phone(self) -> None:
        store = self.rng.choice(list(self.phones))
        self.phones[store].kill()
        self.phones[store].wait()
        self.phones[store] = self.roost.go_on_as_phone(store, "--fast")
        self.killed["phone"] += 1

    def _until_all_have_ended(self) -> dict[str, str]:
        """The status of each accepted message, when all have ended or patience has."""
        shown: dict[str, str] = {}
        deadline = time.monotonic() + self.size.patience_seconds
        while time.monotonic() < deadline:
            with self.roost.client() as http:
                for message_id in (known for known in self.accepted if shown.get(known) not in ENDED):
                    shown[message_id] = _status(http, message_id)
            if all(shown[message_id] in ENDED for message_id in self.accepted):
                break
            time.sleep(LOOK_EVERY_SECONDS)
        return shown

    def _listed(self) -> set[str]:
        """Every message the account has."""
        found: set[str] = set()
        with self.roost.client() as http:
            page = http.get("/v1/messages", params={"limit": 100}).raise_for_status().json()
            while True:
                found |= {message["id"] for message in page["data"] if message["direction"] == "out"}
                if not page.get("next_cursor"):
                    return found
                more = {"limit": 100, "cursor": page["next_cursor"]}
                page = http.get("/v1/messages", params=more).raise_for_status().json()

    def _stop_phones(self) -> None:
        for phone in self.phones.values():
            phone.kill()
            phone.wait()


def _status(http: httpx.Client, message_id: str) -> str:
    try:
        answer = http.get(f"/v1/messages/{message_id}")
    except httpx.HTTPError:
        return "no answer"
    return str(answer.json()["status"]) if answer.is_success else f"HTTP {answer.status_code}"


def run_kills(size: Size, seed: int, tell: Callable[[str], None] = print) -> Verdict:
    """In a folder of its own, which is removed afterwards."""
    with TemporaryDirectory(prefix="roost-kills-") as folder, LocalRoost(Path(folder)) as roost:
        run = KillRun(roost, size, random.Random(seed), tell)
        try:
            return run.run()
        finally:
            run._stop_phones()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.faults.kill_run", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--phones", type=int, default=10, help="a phone sends 20 a minute and 200 a day")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    print(f"{options.messages} messages, {options.phones} phones, SEED={options.seed}, in real time", flush=True)
    verdict = run_kills(Size(options.messages, options.phones), options.seed)
    print("\n".join(verdict.lines()))
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
