"""The stand-in over HTTP: tokens, long polls, controls, restarts."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.auth import crypt, jwt

from dev.fcm.stand_in import FcmStandIn

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def an_assertion(stand_in: FcmStandIn, *, header: dict[str, str] | None = None, **changes: Any) -> str:
    account = stand_in.firebase_settings()["service_account"]
    now = int(time.time())
    claims = {"iss": account["client_email"], "aud": account["token_uri"], "scope": SCOPE}
    signer = crypt.RSASigner.from_string(account["private_key"])  # type: ignore[no-untyped-call]
    payload = {**claims, "iat": now, "exp": now + 3_600, **changes}
    return str(jwt.encode(signer, payload, header=header), "ascii")  # type: ignore[no-untyped-call]


def ask_for_access_token(stand_in: FcmStandIn, assertion: str) -> httpx.Response:
    return httpx.post(f"{stand_in.base_url}/token", data={"grant_type": GRANT, "assertion": assertion})


def test_a_signed_assertion_buys_an_access_token(stand_in: FcmStandIn) -> None:
    answer = ask_for_access_token(stand_in, an_assertion(stand_in)).json()
    assert answer["expires_in"] == 3_599
    assert answer["token_type"] == "Bearer"
    token = stand_in.register("roost-local")
    sent = httpx.post(
        f"{stand_in.base_url}/v1/projects/roost-local/messages:send",
        json={"message": {"token": token, "data": {"t": "wake"}}},
        headers={"Authorization": f"Bearer {answer['access_token']}"},
    )
    assert sent.status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "someone@else"},
        {"aud": "https://example.com/token"},
        {"scope": "https://www.googleapis.com/auth/devstorage.read_only"},
        {"exp": int(time.time()) - 10, "iat": int(time.time()) - 3_600},
        {"exp": int(time.time()) + 90_000},
        {"iat": None},
        {"header": {"alg": "HS256"}},
    ],
    ids=["issuer", "audience", "scope", "expired", "too long", "no issue time", "algorithm"],
)
def test_an_assertion_that_google_would_refuse_is_refused(stand_in: FcmStandIn, changes: dict[str, Any]) -> None:
    answer = ask_for_access_token(stand_in, an_assertion(stand_in, **changes))
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c", "e30.e30.e30"])
def test_something_that_is_no_jwt_is_refused(stand_in: FcmStandIn, assertion: str) -> None:
    assert ask_for_access_token(stand_in, assertion).status_code == 400


def test_sending_without_an_access_token_is_unauthenticated(stand_in: FcmStandIn) -> None:
    for headers in ({}, {"Authorization": "Bearer made-up"}):
        url = f"{stand_in.base_url}/v1/projects/roost-local/messages:send"
        answer = httpx.post(url, json={"message": {"token": "x"}}, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_a_long_poll_ends_as_soon_as_a_push_arrives(stand_in: FcmStandIn) -> None:
    token = stand_in.register("roost-local")
    received: list[Any] = []

    def poll() -> None:
        query: dict[str, str | int] = {"token": token, "wait": 25}
        received.extend(httpx.get(f"{stand_in.base_url}/device/pushes", params=query, timeout=30).json())

    phone = threading.Thread(target=poll)
    phone.start()
    stand_in.send("roost-local", {"message": {"token": token, "data": {"n": "1"}}})
    phone.join(timeout=5)
    assert [push["data"]["n"] for push in received] == ["1"]


def test_a_long_poll_without_a_push_ends_empty(stand_in: FcmStandIn) -> None:
    token = stand_in.register("roost-local")
    assert httpx.get(f"{stand_in.base_url}/device/pushes", params={"token": token, "wait": 0}).json() == []


def test_a_phone_that_died_in_its_long_poll_swallows_nothing(stand_in: FcmStandIn) -> None:
    token = stand_in.register("roost-local")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{stand_in.base_url}/device/pushes", params={"token": token, "wait": 25}, timeout=0.2)
    stand_in.send("roost-local", {"message": {"token": token, "data": {"n": "kept"}}})
    (push,) = httpx.get(f"{stand_in.base_url}/device/pushes", params={"token": token, "wait": 5}).json()
    assert push["data"]["n"] == "kept"


def test_a_long_poll_for_an_unknown_registration_is_404(stand_in: FcmStandIn) -> None:
    answer = httpx.get(f"{stand_in.base_url}/device/pushes", params={"token": "unknown", "wait": 25})
    assert answer.status_code == 404


def test_unregistering_ends_the_long_poll_under_way(stand_in: FcmStandIn) -> None:
    token = stand_in.register("roost-local")
    statuses: list[int] = []

    def poll() -> None:
        query: dict[str, str | int] = {"token": token, "wait": 25}
        statuses.append(httpx.get(f"{stand_in.base_url}/device/pushes", params=query, timeout=30).status_code)

    phone = threading.Thread(target=poll)
    phone.start()
    httpx.post(f"{stand_in.base_url}/control/unregister", json={"token": token}).raise_for_status()
    phone.join(timeout=5)
    assert statuses == [404]


@pytest.mark.parametrize("body", [b"{", b'{"kind": "teapot"}', b'{"kind": "error"}', b'{"kind": "lose", "times": 0}'])
def test_a_fault_nobody_understands_is_refused_with_a_reason(stand_in: FcmStandIn, body: bytes) -> None:
    answer = httpx.post(f"{stand_in.base_url}/control/faults", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_unknown_path_says_so(stand_in: FcmStandIn) -> None:
    assert httpx.get(f"{stand_in.base_url}/nonsense").status_code == 404
    assert httpx.post(f"{stand_in.base_url}/nonsense").status_code == 404
    assert httpx.delete(f"{stand_in.base_url}/nonsense").status_code == 404


def test_key_and_registrations_survive_a_restart(tmp_path: Path) -> None:
    with FcmStandIn(tmp_path) as first:
        token = first.register("roost-local")
        before = first.firebase_settings()
    with FcmStandIn(tmp_path) as second:
        after = second.firebase_settings()
        assert after["service_account"]["private_key"] == before["service_account"]["private_key"]
        assert ask_for_access_token(second, an_assertion(second)).status_code == 200
        second.send("roost-local", {"message": {"token": token, "data": {}}})
        query: dict[str, str | int] = {"token": token, "wait": 5}
        assert len(httpx.get(f"{second.base_url}/device/pushes", params=query).json()) == 1
    assert (tmp_path / "service-account.pem").stat().st_mode & 0o077 == 0


def test_without_a_directory_a_restart_forgets_the_phones(stand_in: FcmStandIn) -> None:
    token = stand_in.register("roost-local")
    with FcmStandIn() as restarted:
        answer = httpx.get(f"{restarted.base_url}/device/pushes", params={"token": token, "wait": 25})
        assert answer.status_code == 404


def test_the_program_says_where_it_listens_and_stops_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dev.fcm", "--directory", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        ready = program.stdout.readline()
        base_url = ready.split('"base_url": "')[1].split('"')[0]
        settings = httpx.get(f"{base_url}/control/firebase-settings").json()
        assert settings["fcm_url"] == base_url
        assert settings["android"]["project_id"] == "roost-local"
        program.terminate()
        assert program.wait(timeout=10) == 0
