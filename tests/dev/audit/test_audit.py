"""`make audit` finds what is known against a package and what was left in a file, and says what it could not ask."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dev.audit import advisories
from dev.audit.advisories import vulnerabilities
from dev.audit.leaks import SHOWN_TO_ALL, leaks, no_secrets
from dev.audit.tools import LAYERS, ROOT, TOOLS, deployed

pytestmark = pytest.mark.skipif(not (TOOLS / "pip-audit").exists(), reason="`make audit` makes .venvs/audit")

NOBODY = "http://127.0.0.1:9/v1/query"


@contextmanager
def osv(known: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """URL of a service that knows one advisory about each (package, version) of `known`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Nobody reads an access log of a test."""

        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            package = {"name": query["package"]["name"], "ecosystem": "PyPI"}
            advisory = known.get((package["name"], query["version"]))
            affected = [{"package": package, "versions": [query["version"]], "ranges": []}]
            answer = {"vulns": [{"id": advisory, "affected": affected}]} if advisory else {}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


@pytest.fixture
def one_pin(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("starlette==1.10.0\n")
    return file


def test_a_known_vulnerability_of_a_pin_is_a_finding(one_pin: Path) -> None:
    with osv({("starlette", "1.10.0"): "PYSEC-2099-1"}) as service:
        assert vulnerabilities([one_pin], service) == "starlette 1.10.0: PYSEC-2099-1"


def test_every_package_of_every_layer_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    with osv({("starlette", "0.1.0"): "PYSEC-2099-1"}) as service:
        assert vulnerabilities(LAYERS, service) is None
    assert f"was asked about {len(deployed())} packages" in capsys.readouterr().out


def test_a_service_that_somebody_named_and_that_is_silent_is_a_problem(one_pin: Path) -> None:
    assert f"NOT AUDITED for vulnerabilities: {NOBODY}" in str(vulnerabilities([one_pin], NOBODY))


def test_without_a_network_the_audit_says_that_it_did_not_ask(
    one_pin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(advisories, "OSV", NOBODY)
    assert vulnerabilities([one_pin]) is None
    assert "NOT AUDITED" in capsys.readouterr().err


def test_a_fault_of_pip_audit_is_no_clean_audit(tmp_path: Path) -> None:
    with osv({}) as service:
        assert "pip-audit failed" in str(vulnerabilities([tmp_path / "gone.txt"], service))


def test_a_secret_left_in_a_file_is_found_and_those_of_tests_are_not(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text("\n".join(f"api_key = {value!r}" for value in no_secrets()))
    assert leaks([str(file)]) is None
    left = hashlib.sha256(b"left behind").hexdigest()
    file.write_text(f"api_key = {left!r}\n")
    found = str(leaks([str(file)]))
    assert "settings.py:1" in found
    assert left not in found


def test_what_is_let_pass_is_still_there() -> None:
    everywhere_else = [".", *(f":!{path}" for path in SHOWN_TO_ALL)]
    for value in no_secrets():
        run = subprocess.run(["git", "grep", "-qF", "-e", value, "--", *everywhere_else], cwd=ROOT, check=False)
        assert run.returncode == 0, f"nothing has {value} any more"
    assert all((ROOT / path).exists() for path in SHOWN_TO_ALL)
