"""URLs that must never be called: each is refused before a socket opens, and the text names no address."""

from __future__ import annotations

import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.errors import InvalidRequest
from roost.domain.public_addresses import is_public
from roost.domain.webhook_formats import WebhookRequest
from roost.outbound.webhook_http import WebhookHttp

REQUEST = WebhookRequest({}, b"{}")

BY_TEXT = [
    # schemes
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "data:text/plain,x",
    "javascript:alert(1)", "ws://example.com/", "//example.com/", "example.com/hook", "https:/example.com", "https://",
    "https:///path", "HTTP://example.com/", "ht tps://example.com/", "dict://example.com:11211/", "",
    # user names, back slashes, control characters, other alphabets
    "https://user@example.com/", "https://user:pass@example.com/", "https://example.com@169.254.169.254/",
    "https://127.0.0.1#@example.com/", "https://example.com\\@127.0.0.1/", "https://127.0.0.1\\.example.com/",
    "https://example.com/\r\nHost: 127.0.0.1", "https://exa\tmple.com/", "https://example.com /", " https://example.com/",
    "https://example.com/\x00", "https://ⓛocalhost/", "https://１２７.0.0.1/", "https://127。0。0。1/", "https://bücher.de/",
    "https://%31%32%37.0.0.1/", "https://example%2ecom/", "https://localhost%00.example.com/",
    # ports
    "https://example.com:22/", "https://example.com:80/", "https://example.com:25/", "https://example.com:6379/",
    "https://example.com:0/", "https://example.com:99999/", "https://example.com:/x:1", "https://example.com:443:80/",
    "https://example.com:-1/", "https://example.com:4 43/",
    # IPv4 in every spelling that some resolver takes
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://017700000001/",
    "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.0.0.1./", "https://0/",
    "https://0.0.0.0/", "https://10.0.0.1/", "https://100.64.0.1/", "https://169.254.169.254/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.1.1/", "https://192.0.0.1/", "https://192.0.2.1/",
    "https://192.88.99.1/", "https://198.18.0.1/", "https://198.51.100.1/", "https://203.0.113.1/",
    "https://224.0.0.1/", "https://240.0.0.1/", "https://255.255.255.255/", "https://168.63.129.16/",
    "https://0xa9fea9fe/", "https://2852039166/", "https://169.254.43518/", "https://1.2.3.4.5/", "https://256.1.1.1/",
    "https://0xA9.0xFE.0xA9.0xFE/", "https://00000000.1/", "https://8.8.8.08/",
    # IPv6: local, mapped, translated, tunnelled
    "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "https://[2001:db8::1]/", "https://[fc00::1]/",
    "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fec0::1]/",
    "https://[ff02::1]/", "https://[2620:4f:8000::1]/", "https://[3fff::1]/", "https://[5f00::1]/",
    "https://[2a00:1450::200:5efe:7f00:1]/", "https://[::ffff:0:127.0.0.1]/", "https://[100::1]/", "https://[::1/",
    "https://::1/", "https://[127.0.0.1]/", "https://[]/", "https://[example.com]/",
    # names that mean something inside
    "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://foo.localhost/", "https://printer/",
    "https://printer.local/", "https://db.internal/", "https://metadata.google.internal/", "https://router.lan/",
    "https://x.home.arpa/", "https://1.0.0.127.in-addr.arpa/", "https://a.test/", "https://a.invalid/",
    "https://a.onion/", "https://instance-data.amazonaws.internal/", "https://-a.com/", "https://a-.com/",
    "https://a..com/", "https://.com/", "https://" + "a" * 64 + ".com/", "https://a_b.com/",
    "https://" + ".".join(["a" * 60] * 5) + ".com/", "https://example.com/" + "a" * 2_100,
    "https://example.com/#fragment",
]  # fmt: skip

BY_DNS = {
    "a private address": ["10.1.2.3"],
    "the metadata service": ["169.254.169.254"],
    "loopback": ["127.0.0.1"],
    "a mapped address": ["::ffff:169.254.169.254"],
    "link-local IPv6": ["fe80::1"],
    "public and private mixed": ["93.184.215.14", "192.168.0.1"],
    "public A and private AAAA": ["93.184.215.14", "fd00::1"],
    "NAT64": ["64:ff9b::a9fe:a9fe"],
    "a name behind an alias to a private one": ["172.16.5.5"],
    "nonsense": ["not an address"],
}

PUBLIC = [
    ("https://example.com/hook?a=1&b=%20", "93.184.215.14"),
    ("https://EXAMPLE.com:8443/", "93.184.215.14"),
    ("https://xn--bcher-kva.de/", "217.160.0.1"),
    ("https://hooks.example.co.uk./x", "1.1.1.1"),
    ("https://8.8.8.8/", None),
    ("https://172.32.0.1/", None),
    ("https://[2606:4700:4700::1111]/", None),
    ("https://a.b-c.io", "2a00:1450:4001:80b::200e"),
]


def no_dns(host: str, port: int, seconds: float) -> list[str]:
    raise AssertionError(f"asked for {host}")


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every connection that is tried."""
    tried: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float | None = None) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


def test_the_corpus_has_at_least_eighty_forms_and_none_twice() -> None:
    assert len(BY_TEXT) + len(BY_DNS) >= 80
    assert len(set(BY_TEXT)) == len(BY_TEXT)


@pytest.mark.parametrize("url", BY_TEXT, ids=repr)
def test_a_url_is_refused_by_its_text_and_nothing_is_asked_or_opened(
    url: str, connected: list[tuple[str, int]]
) -> None:
    http = WebhookHttp(resolver=no_dns)
    with pytest.raises(InvalidRequest) as refusal:
        http.check(url)
    assert [problem.field for problem in refusal.value.fields] == ["url"]
    assert not re.search(r"\d+\.\d+\.\d+", refusal.value.detail)
    assert http.post(url, REQUEST).error == "refused_address"
    assert connected == []


@pytest.mark.parametrize("addresses", BY_DNS.values(), ids=BY_DNS)
def test_a_name_is_refused_when_any_of_its_addresses_is_not_public(
    addresses: list[str], connected: list[tuple[str, int]]
) -> None:
    http = WebhookHttp(resolver=lambda *_: addresses)
    with pytest.raises(InvalidRequest) as refusal:
        http.check("https://innocent.example.com/")
    assert not any(address in refusal.value.detail for address in addresses)
    assert http.post("https://innocent.example.com/", REQUEST).error == "refused_address"
    assert connected == []


def test_a_name_that_changes_its_mind_is_checked_again_at_every_attempt(connected: list[tuple[str, int]]) -> None:
    answers = iter([["93.184.215.14"], ["93.184.215.14"], ["169.254.169.254"]])
    http = WebhookHttp(resolver=lambda *_: next(answers))
    http.check("https://rebinding.example.com/")
    http.post("https://rebinding.example.com/", REQUEST)
    assert connected == [("93.184.215.14", 443)]
    assert http.post("https://rebinding.example.com/", REQUEST).error == "refused_address"
    assert connected == [("93.184.215.14", 443)], "one look-up per attempt: what was checked is what is connected to"


@pytest.mark.parametrize(("url", "resolved"), PUBLIC)
def test_a_public_url_is_called_at_the_address_that_was_checked(
    url: str, resolved: str | None, connected: list[tuple[str, int]]
) -> None:
    http = WebhookHttp(resolver=(lambda *_: [resolved]) if resolved else no_dns)
    http.check(url)
    assert http.post(url, REQUEST).error == "connect"
    [(address, port)] = connected
    assert address == (resolved or url.removeprefix("https://").strip("/[]"))
    assert port == (8_443 if ":8443" in url else 443)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/x"])
def test_loopback_is_allowed_where_the_cloud_itself_is_on_loopback_and_nowhere_else(url: str) -> None:
    WebhookHttp(allow_loopback=True, resolver=lambda *_: ["127.0.0.1", "::1"]).check(url)
    with pytest.raises(InvalidRequest):
        WebhookHttp(resolver=no_dns).check(url)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://10.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/"]
)
def test_the_local_cloud_calls_this_machine_and_public_addresses_but_no_other(url: str) -> None:
    with pytest.raises(InvalidRequest):
        WebhookHttp(allow_loopback=True, resolver=no_dns).check(url)


def test_a_local_name_that_resolves_elsewhere_is_refused_in_the_local_cloud_too() -> None:
    with pytest.raises(InvalidRequest):
        WebhookHttp(allow_loopback=True, resolver=lambda *_: ["93.184.215.14"]).check("http://localhost:8000/")
    with pytest.raises(InvalidRequest):
        WebhookHttp(allow_loopback=True, resolver=lambda *_: ["127.0.0.1"]).check("https://rebinding.example.com/")


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_is_public_in_disguise(number: int) -> None:
    quads = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    for disguised in (f"::ffff:{quads}", f"::{quads}", f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}"):
        assert not is_public(disguised)
    assert not is_public(f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1")
    assert not is_public(f"2a00:1450::5efe:{number >> 16:x}:{number & 0xFFFF:x}")
