"""What `make run` and `make demo` promise a newcomer."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.cloud_process import PROJECT
from dev.local_roost import LocalRoost
from roost.runtime import deps as runtime_deps
from roost.runtime.settings import settings

STEPS = ["queued", "dispatching", "sending", "sent", "delivered"]
PATIENCE_SECONDS = 30


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """LocalRoost points this process at its cloud; the tests around it have another one."""
    for name in ("AWS_ENDPOINT_URL", "MESSAGES_TABLE"):
        monkeypatch.setenv(name, "")
    for cached in (settings, runtime_deps.deps):
        cached.cache_clear()


def run_demo(*options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "shared")])}
    command = [sys.executable, "-m", "dev", "demo", *options]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_the_demo_prints_the_whole_timeline_and_exits_0() -> None:
    demo = run_demo()
    assert demo.returncode == 0, demo.stdout + demo.stderr
    shown = [line.split()[0] for line in demo.stdout.splitlines() if line.startswith("  ")]
    assert shown == STEPS


def test_the_demo_fails_and_says_why_when_the_phone_is_stopped() -> None:
    demo = run_demo("--without-phone", "--patience", "2")
    assert demo.returncode == 1
    assert "Not delivered within 2 s: it is dispatching" in demo.stdout
    assert "The phone called last at" in demo.stdout


def settled(http: httpx.Client, message_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        message: dict[str, Any] = http.get(f"/v1/messages/{message_id}").json()
        if message["status"] == "delivered" or time.monotonic() > deadline:
            return message
        time.sleep(0.05)


def send(http: httpx.Client) -> str:
    answer = http.post("/v1/sms/send", json={"to": "+15005550001", "body": "hi"})
    assert answer.status_code == 201, answer.text
    message_id: str = answer.json()["id"]
    return message_id


@pytest.mark.usefixtures("clean_environment")
def test_messages_keys_and_the_paired_phone_survive_a_stop_and_a_kill(tmp_path: Path) -> None:
    with LocalRoost(tmp_path) as roost, roost.client() as http:
        port = int(roost.cloud.front.rpartition(":")[2])
        roost.start_phone(tmp_path / "phone", "Kept", "--fast")
        roost.pace_fast("Kept")
        before = send(http)
        assert settled(http, before)["status"] == "delivered"
    runtime_deps.deps.cache_clear()
    settings.cache_clear()
    with LocalRoost(tmp_path, port=port) as roost, roost.client() as http:
        assert http.get(f"/v1/messages/{before}").json()["status"] == "delivered"
        unsent = send(http)
        roost.cloud.kill()
    runtime_deps.deps.cache_clear()
    settings.cache_clear()
    with LocalRoost(tmp_path, port=port) as roost, roost.client() as http:
        roost.start_phone(tmp_path / "phone", "Kept", "--fast")
        assert settled(http, unsent)["status"] == "delivered"
        [phone] = http.get("/v1/phones").json()["data"]
        assert (phone["id"], phone["name"]) == ("phn_1", "Kept")
