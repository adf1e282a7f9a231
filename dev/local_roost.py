"""A whole Roost on this machine: the local cloud, the FCM stand-in, keys to use it, and virtual phones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import boto3
import httpx

from dev.bootstrap import FirstKeys, connect, first_keys
from dev.cloud_process import LOOPBACK, PROJECT, CloudProcess
from dev.fcm.stand_in import FcmStandIn
from dev.mails import SENDER, LocalMail, mails_of, verify_sender

FIREBASE_PARAMETER = "/roost/firebase"
PHONE_STOP_SECONDS = 10
CALL_SECONDS = 30
PAIRING_SECONDS = 60
LOOK_EVERY_SECONDS = 0.1
FAST = {"gap_seconds": 0, "daily_cap": 100_000, "warm_up": False, "acknowledge": True}


ENDPOINT_FILE = "endpoint.json"


def write_endpoint(cloud: CloudProcess, state: Path) -> None:
    """Where a running local cloud answers AWS clients of this machine."""
    (state / ENDPOINT_FILE).write_text(json.dumps({"endpoint": cloud.endpoint, "region": cloud.region}))


class LocalRoostError(Exception):
    """A part of the local Roost does not come up; the message has its last words."""


class LocalRoost:
    """`state` keeps everything over stops, restarts and kills. Use as a context manager."""

    def __init__(
        self,
        state: Path,
        *,
        port: int = 0,
        fcm_port: int = 0,
        host: str = LOOPBACK,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Raises CloudError, and OSError when `fcm_port` is taken. Ports of 0 mean: free ones."""
        self.state = state
        self._tell = tell
        self._phones: list[subprocess.Popen[bytes]] = []
        state.mkdir(parents=True, exist_ok=True)
        self.fcm = FcmStandIn(state / "fcm").start(fcm_port)
        try:
            self.cloud = self._start_cloud(host, port)
        except BaseException:
            self.fcm.stop()
            raise
        write_endpoint(self.cloud, state)  # for `make owner ARGS="--local ..."`: the port is another one at each start
        self.keys: FirstKeys = first_keys(connect(self.cloud), state / "keys.json")
        self._configure_push()
        verify_sender()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        (self.state / ENDPOINT_FILE).unlink(missing_ok=True)
        self.stop_phones()
        if self.cloud.is_running():
            self.cloud.stop()
        self.fcm.stop()

    def client(self, base_url: str | None = None) -> httpx.Client:
        """Calls the API with the first key."""
        headers = {"x-api-key": self.keys.roost}
        return httpx.Client(base_url=base_url or self.cloud.front, headers=headers, timeout=CALL_SECONDS)

    def pairing_link(self, base_url: str | None = None, label: str | None = None) -> str:
        """A fresh link; the phone will call `base_url`."""
        with self.client(base_url) as http:
            link: str = http.post("/v1/pairings", json={"label": label}).raise_for_status().json()["link"]
        return link

    def start_phone(self, store: Path, label: str, *options: str) -> None:
        """A virtual phone as a process of its own: paired at its first start, going on as itself later."""
        link = self.pairing_link(label=label)  # a phone that is paired already does not use it
        self._phones.append(self.go_on_as_phone(store, *options, "--pair", link))

    def go_on_as_phone(self, store: Path, *options: str) -> subprocess.Popen[bytes]:
        """The process of a phone, which its caller ends."""
        command = [sys.executable, "-m", "dev.phone", "--store", str(store), "--fcm", self.fcm.base_url, *options]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "shared")])}
        with (self.state / "phone.log").open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches this process only, which then stops the phone.
            return subprocess.Popen(
                command, cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_cloud(self) -> None:
        """SIGKILL to all of it at once, as a power cut; then the same state at the same address."""
        port = urlsplit(self.cloud.front).port or 0
        self.cloud.kill()
        self.cloud = self._start_cloud(LOOPBACK, port)
        os.environ.update(self.cloud.aws_environment())
        self._configure_push()

    def pace_fast(self, label: str) -> dict[str, Any]:
        """Wait until the virtual phone `label` has paired and let it send without the careful gaps of a real SIM.

        Raises LocalRoostError when it does not pair in time.
        """
        deadline = time.monotonic() + PAIRING_SECONDS
        with self.client() as http:
            while time.monotonic() < deadline:
                for phone in http.get("/v1/phones").raise_for_status().json()["data"]:
                    if phone["name"] == label and phone["push"] == "ok":
                        paced = http.patch(f"/v1/phones/{phone['id']}", json=FAST).raise_for_status()
                        found: dict[str, Any] = paced.json()
                        return found
                time.sleep(LOOK_EVERY_SECONDS)
        raise LocalRoostError(f"{label} did not pair within {PAIRING_SECONDS} s: {self.last_words_of_phones()}")

    def mails(self) -> list[LocalMail]:
        """Sign-in links above all: mail goes nowhere here."""
        return mails_of(self.cloud.endpoint)

    def stop_phones(self) -> None:
        for phone in self._phones:
            phone.send_signal(signal.SIGTERM)
        for phone in self._phones:
            try:
                phone.wait(PHONE_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                phone.kill()
                phone.wait()
        self._phones.clear()

    def last_words_of_phones(self) -> str:
        """The newest line a virtual phone wrote."""
        log = self.state / "phone.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return lines[-1] if lines else "none"

    def is_whole(self) -> bool:
        """False as soon as one of its processes has ended."""
        return self.cloud.is_running() and all(phone.poll() is None for phone in self._phones)

    def _start_cloud(self, host: str, port: int) -> CloudProcess:
        return CloudProcess.start(
            self.state / "cloud",
            front_port=port,
            front_host=host,
            parameters={"FirebaseParameter": FIREBASE_PARAMETER, "MailFrom": SENDER, "AllowedEmails": "*"},
            logs=self.state / "functions.log",
            progress=self._tell,
        )

    def _configure_push(self) -> None:
        """Anew at each start, because the stand-in's address is another one."""
        value = json.dumps(self.fcm.firebase_settings())
        boto3.client("ssm").put_parameter(Name=FIREBASE_PARAMETER, Value=value, Type="SecureString", Overwrite=True)
