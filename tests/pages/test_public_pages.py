"""The public pages, in both languages; and their code, which runs as it stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev.lambda_transport import LambdaTransport
from roost.dialects.pages.code_samples import LANGUAGES
from roost.dialects.pages.public_pages import ADDRESSES, DOCS, in_english, in_language, language_of_address
from roost.runtime.deps import Deps
from tests.pages.browser import Browser
from tests.pages.programs import codes_of, output_of
from tests.roost_fixtures import Tenant

MOST_BYTES = 100_000


@pytest.fixture
def anyone(deps: Deps) -> Iterator[Browser]:
    with httpx.Client(base_url="https://roost.example", transport=LambdaTransport()) as http:
        yield Browser(http)


@pytest.mark.capability("SMS8-73")
@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_each_page_exists_in_both_languages_at_an_address_of_its_own(anyone: Browser, address: str) -> None:
    for language in ("en", "es"):
        page = anyone.open(in_language(address, language), **{"accept-language": "es" if language == "en" else "en"})
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert len(page.content) <= MOST_BYTES


@pytest.mark.capability("SMS8-72")
def test_the_otp_page_tells_how_to_send_and_verify(anyone: Browser) -> None:
    page = anyone.open("/sms-otp-verification-api").text
    for word in ("/v1/otp/verify", "/ajax/otp-send.php", "/ajax/otp-verify.php", "Five codes"):
        assert word in page


@pytest.mark.capability("8MS-48", "8MS-49")
def test_terms_consent_and_support_are_linked_from_every_page(anyone: Browser) -> None:
    for path in ("/", "/login", "/docs/sms8"):
        page = anyone.open(path).text
        for name in ("terms", "compliance", "support"):
            assert f'href="/docs/{name}"' in page
    assert "responsible for what you send" in anyone.open("/docs/terms").text
    assert "Write only to people who agreed" in anyone.open("/docs/compliance").text


def test_every_link_between_the_pages_leads_somewhere(anyone: Browser) -> None:
    elsewhere = {"/download", "/v1/docs"}
    paths = {in_language(address, language) for address in ADDRESSES for language in ("en", "es")}
    links = {link for path in paths for link in re.findall(r'href="(/[^"#]*)', anyone.open(path).text)}
    for link in sorted(links - paths - elsewhere):
        assert anyone.open(link).status_code == 200, link


@pytest.mark.capability("SMS8-73")
def test_switching_the_language_on_a_public_page_leads_to_its_counterpart(anyone: Browser) -> None:
    page = anyone.submit(anyone.open("/docs/otp"), "/language", language="es")
    assert page.url.path == "/es/docs/otp"
    assert "Códigos de un solo uso" in page.text
    assert '<html lang="es">' in anyone.open("/login").text, "remembered"
    assert anyone.submit(page, "/language", language="en").url.path == "/docs/otp"


@pytest.mark.parametrize("path", ["/docs/nothing", "/es/docs/nothing", "/docs/../secrets"])
def test_an_unknown_page_is_404(anyone: Browser, path: str) -> None:
    assert anyone.open(path).status_code == 404


def test_an_address_and_its_counterpart_lead_to_each_other() -> None:
    for address in ADDRESSES:
        spanish = in_language(address, "es")
        assert (in_english(spanish), in_language(spanish, "en")) == (address, address)
        assert (language_of_address(address), language_of_address(spanish)) == ("en", "es")
    assert language_of_address("/app/phones") is None
    assert len(DOCS) == len(set(DOCS))


@pytest.mark.capability("DORA-32")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "key_format"), [("smsdora", "smsgw"), ("quick-start", "roost"), ("sms8", "sms8")])
def test_the_code_of_a_page_sends_with_a_key_in_place(
    deployed: Tenant, name: str, key_format: str, language: str, tmp_path: Path
) -> None:
    deployed.pair()
    key = deployed.sms8().key if key_format == "sms8" else deployed.key(key_format=key_format)  # type: ignore[arg-type]
    page = httpx.get(f"{deployed.base_url}/docs/{name}", timeout=60).text
    program = dict(codes_of(page, "data-language"))[language]
    if language == "PHP" and "curl_init" in program:
        program = with_streams(program)
    output_of(language, program.replace("YOUR_KEY", key), tmp_path)
    [message] = deployed.http.get("/v1/messages").json()["data"]
    assert message["to"] == "+14155551234"


def with_streams(program: str) -> str:
    """The same request where PHP has no curl extension: the functions it calls, over PHP's own streams."""
    stand_in = """<?php
if (!function_exists('curl_init')) {
    define('CURLOPT_RETURNTRANSFER', 1); define('CURLOPT_HTTPHEADER', 2); define('CURLOPT_POSTFIELDS', 3);
    function curl_init($url) { return (object)['url' => $url]; }
    function curl_setopt_array($request, $options) { $request->options = $options; }
    function curl_exec($request) {
        return file_get_contents($request->url, false, stream_context_create(['http' => ['method' => 'POST',
            'header' => $request->options[CURLOPT_HTTPHEADER], 'content' => $request->options[CURLOPT_POSTFIELDS]]]));
    }
}
"""
    return program.replace("<?php\n", stand_in, 1)
