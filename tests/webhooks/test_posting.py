"""One POST against receivers that misbehave: always an outcome, always in time, never a second request."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.domain.webhook_formats import WebhookRequest
from roost.outbound.resolver import ResolveFailed, resolve
from roost.outbound.webhook_http import WebhookHttp
from tests.webhook_receiver import Receiver, answering, closing_half_way, dripping, hanging

REQUEST = WebhookRequest({"content-type": "application/json"}, b'{"a":1}')
HTTP = WebhookHttp(allow_loopback=True)


def test_what_was_rendered_is_what_arrives(receiver: Receiver) -> None:
    receiver.answer = answering(200, b"thanks")
    outcome = HTTP.post(f"{receiver.url}/hook?x=1", REQUEST)
    [posted] = receiver.posted
    assert (outcome.status, outcome.answer, outcome.delivered) == (200, "thanks", True)
    assert (posted.path, posted.body) == ("/hook?x=1", b'{"a":1}')
    assert posted.headers["host"] == receiver.url.removeprefix("http://")
    assert posted.headers["user-agent"] == "Roost-Webhooks/1"


def test_a_receiver_that_hangs_is_given_up_on_in_time(receiver: Receiver) -> None:
    receiver.answer = hanging
    assert outcome_within(0.4, receiver) == (None, "timeout")


def test_a_receiver_that_drips_cannot_stretch_the_time(receiver: Receiver) -> None:
    receiver.answer = dripping
    assert outcome_within(0.4, receiver) == (None, "timeout")


def outcome_within(seconds: float, receiver: Receiver) -> tuple[int | None, str | None]:
    began = time.monotonic()
    outcome = HTTP.post(receiver.url, REQUEST, seconds)
    assert seconds * 0.9 <= time.monotonic() - began < seconds + 2
    return outcome.status, outcome.error


def test_a_receiver_that_reads_nothing_is_given_up_on_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        began = time.monotonic()
        outcome = HTTP.post(url, WebhookRequest({}, b"x" * 8_000_000), 0.4)
    assert outcome.error == "timeout"
    assert time.monotonic() - began < 3


def test_a_body_that_drips_does_not_unmake_a_success(receiver: Receiver) -> None:
    def success_then_drip(handler: object) -> None:
        handler.raw(b"HTTP/1.1 200 OK\r\n\r\n")  # type: ignore[attr-defined]
        while not receiver.may_end.wait(0.05):
            handler.raw(b"x")  # type: ignore[attr-defined]

    receiver.answer = success_then_drip
    began = time.monotonic()
    outcome = HTTP.post(receiver.url, REQUEST)
    assert outcome.delivered
    assert time.monotonic() - began < 4


def test_an_endless_body_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.answer = answering(500, b"y" * 5_000_000)
    outcome = HTTP.post(receiver.url, REQUEST)
    assert (outcome.status, len(outcome.answer)) == (500, 1_024)


def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = answering(302, location="http://169.254.169.254/latest/meta-data/")
    outcome = HTTP.post(receiver.url, REQUEST)
    assert (outcome.status, outcome.delivered, len(receiver.posted)) == (302, False, 1)


def test_a_receiver_that_closes_half_way_is_a_failure(receiver: Receiver) -> None:
    receiver.answer = closing_half_way
    assert HTTP.post(receiver.url, REQUEST).error == "protocol"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (" 7 ", 7), ("Wed, 21 Oct 2020 07:28:00 GMT", 0), ("-5", None), ("x", None)],
)
def test_retry_after_is_read_in_seconds(receiver: Receiver, header: str, seconds: int | None) -> None:
    receiver.answer = answering(429, retry_after=header)
    assert HTTP.post(receiver.url, REQUEST).retry_after == seconds


def test_a_date_in_retry_after_counts_from_the_receiver_s_own_clock(receiver: Receiver) -> None:
    head = b"HTTP/1.1 503 Busy\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\nRetry-After: "
    receiver.answer = lambda handler: handler.raw(head + b"Sat, 01 Jan 2000 00:01:30 GMT\r\n\r\n")
    assert HTTP.post(receiver.url, REQUEST).retry_after == 90


def test_nobody_at_the_door_is_an_outcome() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert HTTP.post(f"http://127.0.0.1:{port}/", REQUEST).error == "connect"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.binary(max_size=400) | st.binary(max_size=200).map(lambda raw: b"HTTP/1.1 200 OK\r\n" + raw))
def test_no_garbage_breaks_delivery(receiver: Receiver, garbage: bytes) -> None:
    receiver.answer = lambda handler: handler.raw(garbage)
    outcome = HTTP.post(receiver.url, REQUEST, 5)
    assert (outcome.status is None) == (outcome.error is not None)
    outcome.answer.encode()


def test_a_name_that_does_not_exist_or_takes_too_long_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def ask(*_: object, **__: object) -> list[object]:
        released.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    began = time.monotonic()
    with pytest.raises(ResolveFailed):
        resolve("slow.example.com", 443, 0.2)
    assert time.monotonic() - began < 1
    released.set()
    with pytest.raises(ResolveFailed):
        resolve("no-such-name.example.com", 443, 5)


# ------------------------------------------------------------------------------------------------ TLS


@contextmanager
def tls_receiver(folder: Path, name: str) -> Iterator[tuple[int, Path]]:
    """A server with a certificate for `name`; its port, and the certificate to trust."""
    certificate, key = certificate_for(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            raw, _ = listening.accept()
            try:
                with context.wrap_socket(raw, server_side=True) as connection:
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError:
                raw.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], certificate
        thread.join(5)


def certificate_for(folder: Path, name: str) -> tuple[Path, Path]:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.9"))]), False
        )
        .sign(private, hashes.SHA256())
    )
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password))
    return certificate, key


@pytest.mark.parametrize(("name", "error"), [("localhost", None), ("another.example.com", "tls")])
def test_the_certificate_is_held_against_the_name_although_the_address_is_connected_to(
    tmp_path: Path, name: str, error: str | None
) -> None:
    with tls_receiver(tmp_path, name) as (port, certificate):
        http = WebhookHttp(
            allow_loopback=True,
            resolver=lambda *_: ["127.0.0.1"],
            tls=ssl.create_default_context(cafile=str(certificate)),
        )
        outcome = http.post(f"https://localhost:{port}/", REQUEST)
    assert (outcome.error, outcome.delivered) == (error, error is None)
