"""`python -m dev.mcp_conformance [rounds]`: the suite in both eras, then the clients. Exit 1 if anything fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from dev.bootstrap import EVERY_SCOPE
from dev.local_roost import LocalRoost
from dev.mcp_conformance.clients import (
    ANSWERING_NUMBER,
    CODE,
    inspector,
    python_client,
    rounds_of,
    typescript_client,
)
from dev.mcp_conformance.fixtures import conformance_app
from dev.mcp_conformance.gateway import gateway
from dev.mcp_conformance.suite import Suite
from roost.runtime.deps import deps
from roost.runtime.log import logger
from roost.usecases.manage_keys import NewKey, create_key
from roost.web.app import lambda_handler

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".venvs/mcp-conformance"
ROUNDS = 100
PHONE = "Conformance"
PATIENCE_SECONDS = 60


def main(rounds: int) -> int:
    node = install()
    logger().setLevel("WARNING")
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalRoost(Path(folder), tell=print, parameters={"AgentSendsPerHour": "1000"}) as local,
    ):
        local.start_phone(Path(folder) / "phone", PHONE)
        with gateway(lambda_handler(conformance_app()), local.keys.roost) as url:
            holds = Suite(node, INSTALLED, f"{url}/mcp").holds()
        local.pace_fast(PHONE)
        call_every_tool(local, node, rounds)
    return 0 if holds else 1


def install() -> Path:
    """The Node that is new enough. Ends with a sentence where npm is missing."""
    if shutil.which("npm") is None:
        raise SystemExit("make mcp-conformance needs npm (Node.js) and network; nothing else of Roost does.")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "clients.mjs"):
        shutil.copy(HERE / name, INSTALLED / name)
    options = ["--no-fund", "--no-audit", "--no-package-lock", "--engine-strict=false", "--loglevel=error"]
    subprocess.run(["npm", "install", *options], cwd=INSTALLED, check=True)
    return INSTALLED / "node_modules/node/bin/node"


def call_every_tool(local: LocalRoost, node: Path, count: int) -> None:
    """Raises where a client does not get on with us."""
    since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    url, message_id = f"{local.cloud.front}/mcp", a_code_comes_in(local)
    rounds = rounds_of(count, since, message_id)

    def key() -> str:
        """Each client has its own: what one sent is then no repeat of another."""
        return create_key(deps(), local.keys.account, NewKey("conformance", EVERY_SCOPE)).secret

    python_client(url, key(), "legacy", rounds)
    python_client(url, key(), "2026-07-28", [shifted(one, "2") for one in rounds])
    typescript_client(node, INSTALLED, "sdk", url, key(), [shifted(one, "3") for one in rounds])
    typescript_client(node, INSTALLED, "client", url, key(), [shifted(one, "5") for one in rounds])
    inspector(node, INSTALLED, url, key(), [shifted(one, "6") for one in rounds])


def shifted(planned: list[tuple[str, dict[str, object]]], digit: str) -> list[tuple[str, dict[str, object]]]:
    """Other numbers, because one number gets one code a minute."""
    return [
        (name, {**given, "phone": f"+1{digit}15{str(given['phone'])[5:]}"} if "phone" in given else given)
        for name, given in planned
    ]


def a_code_comes_in(local: LocalRoost) -> int:
    """The id of a scheduled message, once a text with a code has come in."""
    with local.client() as http:
        http.post("/v1/sms/send", json={"to": ANSWERING_NUMBER, "body": CODE}).raise_for_status()
        later = {"to": "+14155550100", "body": "later", "send_at": "2027-06-01T09:00:00Z"}
        message = http.post("/v1/sms/send", json=later).raise_for_status().json()["id"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not received(http):
            if time.monotonic() > deadline:
                raise SystemExit("the virtual phone got no answer: see its log")
            time.sleep(0.5)
    return int(message.removeprefix("msg_"))


def received(http: httpx.Client) -> bool:
    return bool(http.get("/v1/messages", params={"direction": "in"}).raise_for_status().json()["data"])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
