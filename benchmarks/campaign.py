"""A campaign from a CSV to its last message in the local cloud, with pauses and a server that is killed in between.

`python -m benchmarks.campaign [--contacts N] [--phones N] [--kills N] [--pauses N] [--seed N]`. The engine, the tables
and the handlers are those of `make run`, time is not: phones of 240 s and 200 messages a day are through in minutes.
What the phones' radios sent decides: each subscribed contact once, nobody who answered STOP.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.campaign_file import csv_of, show
from benchmarks.campaign_phone import BenchPhone
from benchmarks.campaign_plan import BEGINS, TEMPLATE, WINDOW, next_opening
from benchmarks.campaign_server import Server, ServerDied
from benchmarks.results_file import keep_own_run
from dev.bootstrap import EVERY_SCOPE, connect
from dev.cloud_process import CloudProcess
from roost.domain.instants import DAY, HOUR, MINUTE, SECOND
from roost.usecases.create_account import create_account
from roost.usecases.manage_keys import NewKey, create_key

MOST_UNITS, MOST_TRANSITIONS = 3.0, 0.02
WORTH_RATIOS = 20_000
"""Looks go by time, some 100 a day: of fewer contacts they are a larger part each."""

CALLS_PER_CONTACT = 0.2
"""Two for each claim of ten: by these the kills are spread over the whole."""

OPTED_OUT = 0.01
ROUND = 40 * MINUTE
"""Ten messages at 240 s: as often does a phone with enough to do claim."""

NO_ANSWER = 500
"""From here on whoever called asks again: on a busy machine a function may have waited for the engine too long."""
TRANSITIONS_OF_A_LOOK, TRANSITIONS_OF_AN_EXECUTION = 3, 2


@dataclass(slots=True)
class Bench:
    """`stopped`: numbers that answered STOP, before or while it ran. `looks`, `executions`: of the machines.
    `units_aside`: write units of what is no part of it: polls by which a phone gets nothing, received STOPs."""

    server: Server
    rng: random.Random
    account: str
    key: str
    now: int = BEGINS
    kills_left: int = 0
    kill_chance: float = 0
    looks: int = 0
    executions: int = 0
    stopped: set[str] = field(default_factory=set)
    phones: list[BenchPhone] = field(default_factory=list)
    units_aside: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def http(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {"x-api-key": self.key}
        status, answer = NO_ANSWER, None
        while status >= NO_ANSWER:
            status, answer = self.again(
                lambda: self.server.call("http", self.now, method=method, path=path, headers=headers, json=body)
            )
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def again(self, call: Callable[[], Any]) -> Any:
        """As a phone or Step Functions does: the same call until it is answered."""
        while True:
            if self.kills_left and self.rng.random() < self.kill_chance:
                self.kills_left -= 1
                self.server.kill_after = self.rng.random() * 0.2
            try:
                return call()
            except ServerDied:
                continue

    def look(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        self.looks += 1
        found: dict[str, Any] = self.again(
            lambda: self.server.call("handler", self.now, function=function, event=event)
        )
        return found


def import_file(bench: Bench, content: bytes) -> dict[str, Any]:
    made = bench.http("POST", "/v1/contacts/imports", {"size": len(content)})
    httpx.put(made["upload"]["url"], content=content, headers=made["upload"]["headers"], timeout=120).raise_for_status()
    bench.http("POST", f"/v1/contacts/imports/{made['id']}/start")
    event = {"account": bench.account, "number": int(made["id"].removeprefix("imp_"))}
    while not bench.look("import_contacts", event)["done"]:
        bench.now += SECOND
        show("import", bench.http("GET", f"/v1/contacts/imports/{made['id']}")["progress"], 100)
    found: dict[str, Any] = bench.http("GET", f"/v1/contacts/imports/{made['id']}")
    return found


def run(bench: Bench, good: list[str], pauses: int) -> dict[str, Any]:
    """Until the campaign says that it is over; how it then stands."""
    body = {"name": "Benchmark", "template": TEMPLATE, "send_window": WINDOW}
    campaign = bench.http("POST", "/v1/campaigns", body)["id"]
    number, sent = int(campaign.removeprefix("cmp_")), 0
    epoch = move(bench, campaign, number, 0, "start")
    pause_at = [len(good) * place // (pauses + 1) for place in range(1, pauses + 1)]
    done = False
    while not done:
        bench.look("run_campaign", {"account": bench.account, "campaign": number, "epoch": epoch})
        bench.again(lambda: bench.server.call("minute", bench.now, account=bench.account, campaign=number))
        for phone in bench.phones:
            bench.now += ROUND // len(bench.phones)
            phone.turn(bench)
        before, sent = sent, sum(phone.radio.total() for phone in bench.phones)
        if sent == before:  # at night phones only poll, which is put aside anyway
            bench.now = next_opening(bench.now)
        if bench.rng.random() < 0.3 and len(bench.stopped) < len(good) * 2 * OPTED_OUT:
            stop(bench, bench.rng.choice(good))
        if pause_at and sent >= pause_at[0]:
            pause_at.pop(0)
            epoch = move(bench, campaign, number, epoch, "pause")
            bench.now += 2 * HOUR
            epoch = move(bench, campaign, number, epoch, "resume")
        done = bench.look("run_campaign", {"account": bench.account, "campaign": number, "epoch": epoch})["done"]
        show("sent", sent, len(good))
        if bench.now > BEGINS + 25 * DAY:
            raise RuntimeError("not through after 25 days")
    found: dict[str, Any] = bench.http("GET", f"/v1/campaigns/{campaign}")
    return found


def move(bench: Bench, campaign: str, number: int, epoch: int, action: str) -> int:
    """A start whose answer was lost is repeated, and then refused: it has happened."""
    try:
        bench.http("POST", f"/v1/campaigns/{campaign}/{action}")
    except RuntimeError as refused:
        if "wrong_state" not in str(refused):
            raise
    bench.executions += 1
    event = {"account": bench.account, "campaign": number, "epoch": epoch + 1}
    while action != "start" and not bench.look("run_campaign", event)["done"]:
        bench.now += SECOND
        if action == "resume":
            break
    return epoch + 1


def stop(bench: Bench, number: str) -> None:
    """Whether it had got its message already shows at the end."""
    bench.now += SECOND
    bench.phones[0].receive(bench, number, "STOP")
    bench.stopped.add(number)


def judged(bench: Bench, good: list[str], late: dict[str, bool]) -> dict[str, int]:
    """By what the radios sent. `late`: who said STOP, and whether it had got its message by then."""
    sent: Counter[str] = Counter()
    for phone in bench.phones:
        sent.update(phone.radio)
    missed = [number for number in good if number not in sent and number not in bench.stopped]
    return {
        "reached": len(sent),
        "twice": sum(count - 1 for count in sent.values()),
        "missed": len(missed),
        "after_stop": sum(1 for number, before in late.items() if sent[number] and not before),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--phones", type=int, default=0, help="0: one for 200 contacts")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--pauses", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = measure(asked)
    keep_own_run("campaign", vars(asked), found)
    print(json.dumps(found, indent=1))
    held = found["twice"] == found["missed"] == found["after_stop"] == 0
    held = held and found["units_per_message"] <= MOST_UNITS
    if asked.contacts >= WORTH_RATIOS:
        held = held and found["transitions_per_message"] <= MOST_TRANSITIONS
    print("held" if held else "NOT held")
    return 0 if held else 1


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    rng, started = random.Random(asked.seed), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, CloudProcess.start(Path(folder), ephemeral=True) as cloud:
        made = connect(cloud)
        account = create_account(made, "Benchmark").id
        key = create_key(made, account, NewKey("benchmark", EVERY_SCOPE)).secret
        bench = Bench(Server(), rng, account, key, kills_left=asked.kills)
        try:
            for number in range(asked.phones or max(2, asked.contacts // 200)):
                bench.phones.append(BenchPhone.paired(bench, number))
            content, good = csv_of(asked.contacts, rng)
            bench.kill_chance = min(0.05, asked.kills / (CALLS_PER_CONTACT * asked.contacts))
            imported = import_file(bench, content)
            megabytes = bench.again(lambda: bench.server.call("megabytes", bench.now))
            for early in rng.sample(good, max(1, int(len(good) * OPTED_OUT))):
                stop(bench, early)
            bench.server.units.clear()
            bench.units_aside.clear()
            bench.looks = 0
            begun = set(bench.stopped)
            late: dict[str, bool] = {}
            for phone in bench.phones:
                phone.stops = late
            shown = run(bench, good, asked.pauses)
            late |= dict.fromkeys(begun, False)
            units = sum(bench.server.units.values()) - sum(bench.units_aside.values())
            verdict = judged(bench, good, late)
        finally:
            bench.server.stop()
    transitions = TRANSITIONS_OF_A_LOOK * bench.looks + TRANSITIONS_OF_AN_EXECUTION * bench.executions
    return {
        **verdict,
        "imported": imported["created"],
        "refused_rows": imported["refused"],
        "importing_megabytes": megabytes,
        "status": shown["status"],
        "counts": shown["counts"],
        "excluded": shown["excluded"],
        "server_kills": bench.server.kills,
        "units_aside": dict(bench.units_aside),
        "units_per_message": round(units / max(verdict["reached"], 1), 3),
        "transitions_per_message": round(transitions / max(verdict["reached"], 1), 5),
        "simulated_hours": round((bench.now - BEGINS) / HOUR, 1),
        "seconds": round(time.perf_counter() - started),
    }


if __name__ == "__main__":
    sys.exit(main())
