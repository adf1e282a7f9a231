"""/download: the page of the phone app and the APK that was built with this server."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from dev.lambda_transport import LambdaTransport
from roost.dialects.pages.download import LARGEST_APK, router_for
from roost.web.app import create_app, lambda_handler

REPOSITORY = Path(__file__).parents[2]
BUILT = REPOSITORY / "android-fcm-client/.check/out/roost-check.apk"
SERVED = REPOSITORY / "functions/download_app/roost.apk"
APK_TYPE = "application/vnd.android.package-archive"
CONTENT = b"PK\x03\x04 not a real one \xff\x00" * 1_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "roost.apk"


@pytest.fixture
def visitor(file: Path) -> httpx.Client:
    """By the template's routes, in a function whose APK is `file`."""
    handler = lambda_handler(create_app(router_for(file)))

    def invoke(function: str, event: dict[str, Any]) -> Any:
        assert function == "download_app"
        return handler(event, SimpleNamespace(aws_request_id="r", function_name=function))

    return httpx.Client(transport=LambdaTransport(invoke), base_url="https://roost.example")


@pytest.mark.capability("8MS-02")
def test_the_page_leads_to_the_app_that_was_built_byte_for_byte(file: Path, visitor: httpx.Client) -> None:
    file.write_bytes(CONTENT)
    shown = visitor.get("/download")
    assert shown.status_code == 200
    [link] = re.findall(r'href="([^"]+\.apk)"', shown.text)
    assert hashlib.sha256(CONTENT).hexdigest() in shown.text
    got = visitor.get(link)
    assert (got.status_code, got.headers["content-type"]) == (200, APK_TYPE)
    assert got.headers["content-disposition"] == 'attachment; filename="roost.apk"'
    assert got.content == CONTENT


def test_a_server_without_an_app_says_so_and_what_its_owner_does(visitor: httpx.Client) -> None:
    shown = visitor.get("/download")
    assert shown.status_code == 200
    assert ".apk" not in "".join(re.findall(r'href="([^"]+)"', shown.text))
    assert "make android-check" in shown.text
    refused = visitor.get("/download/roost.apk")
    assert refused.status_code == 404
    assert "make android-check" in refused.text


def test_an_app_that_a_function_cannot_answer_is_not_offered(file: Path, visitor: httpx.Client) -> None:
    file.write_bytes(b"x" * (LARGEST_APK + 1))
    assert "roost.apk</code>" not in visitor.get("/download").text
    assert visitor.get("/download/roost.apk").status_code == 404


def test_a_new_build_replaces_the_old_one_in_a_running_process(file: Path, visitor: httpx.Client) -> None:
    file.write_bytes(CONTENT)
    old = visitor.get("/download/roost.apk").headers["etag"]
    file.write_bytes(CONTENT + b"2")
    assert visitor.get("/download/roost.apk").headers["etag"] != old


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_languages_say_what_android_15_wants(file: Path, visitor: httpx.Client, language: str) -> None:
    file.write_bytes(CONTENT)
    shown = visitor.get("/download", headers={"accept-language": language})
    assert "Android 15" in shown.text
    assert f'<html lang="{language}">' in shown.text


@pytest.mark.skipif(not BUILT.exists(), reason="make android-check builds the APK")
def test_what_the_check_built_is_what_is_served() -> None:
    assert SERVED.read_bytes() == BUILT.read_bytes()
