"""One POST to a stranger's URL: to a checked public address, never redirected, bounded in time and size.

The standard library, because the connection must go to the address that was checked: no client of ours takes a literal
to connect to beside the name for TLS and Host.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException, HTTPResponse

from roost.domain.deliveries import SHOWN_BYTES, TOTAL_SECONDS, Outcome
from roost.domain.errors import InvalidRequest
from roost.domain.public_addresses import is_loopback, is_public
from roost.domain.webhook_formats import WebhookRequest
from roost.domain.webhook_urls import Target, parse_target
from roost.outbound.deadline_stream import Deadline, DeadlineStream, OutOfTime
from roost.outbound.resolver import ResolveFailed, resolve

Resolver = Callable[[str, int, float], list[str]]

CONNECT_SECONDS = 3.0
BODY_SECONDS = 1.0
"""For the answer's body, of which only the beginning is shown: whether it was delivered is known before."""

READ_BYTES = 4 * SHOWN_BYTES
USER_AGENT = "Roost-Webhooks/1"
WHOLE_SECONDS = re.compile(r"[0-9]{1,9}")


class AddressRefused(Exception):
    """The host has an address that may not be reached. Which one is nobody's business."""


class WebhookHttp:
    """`allow_loopback`: also to this machine, for the local cloud. `resolver` and `tls`: for tests."""

    def __init__(
        self, *, allow_loopback: bool = False, resolver: Resolver = resolve, tls: ssl.SSLContext | None = None
    ) -> None:
        self._allow_loopback = allow_loopback
        self._resolver = resolver
        self._tls = tls

    def check(self, url: str) -> None:
        """As every attempt will check it again. Raises InvalidRequest naming the rule, never the address."""
        target = parse_target(url, allow_loopback=self._allow_loopback)
        try:
            self._address(target, CONNECT_SECONDS)
        except ResolveFailed:
            raise InvalidRequest.of("url", "has a host name that does not resolve") from None
        except AddressRefused:
            raise InvalidRequest.of("url", "has a host name that resolves to an address that is not public") from None

    def post(self, url: str, request: WebhookRequest, seconds: float = TOTAL_SECONDS) -> Outcome:
        """Whatever the receiver does becomes an outcome; nothing of it is raised."""
        deadline = Deadline(seconds)
        status, answer, retry_after, error = None, "", None, None
        try:
            target = parse_target(url, allow_loopback=self._allow_loopback)
            address = self._address(target, min(deadline.left(), CONNECT_SECONDS))
            with self._connect(target, address, deadline) as stream:
                stream.send(_head(target, request) + request.body)
                status, answer, retry_after = _read_answer(stream, deadline)
        except (InvalidRequest, AddressRefused):
            error = "refused_address"
        except ResolveFailed:
            error = "timeout" if deadline.is_over() else "dns"
        except (OutOfTime, TimeoutError):
            error = "timeout"
        except ssl.SSLError:
            error = "tls"
        except (OSError, HTTPException, ValueError) as problem:
            error = "connect" if isinstance(problem, ConnectionRefusedError) else "protocol"
        return Outcome(deadline.spent_ms(), status, error, answer, retry_after)

    def _address(self, target: Target, seconds: float) -> str:
        """The address to connect to. One bad answer refuses the name: which one is used is not ours to hope."""
        addresses = [target.host] if target.is_address else self._resolver(target.host, target.port, seconds)
        if not addresses:
            raise ResolveFailed
        if not all(self._may_reach(target, address) for address in addresses):
            raise AddressRefused
        return addresses[0]

    def _may_reach(self, target: Target, address: str) -> bool:
        if self._allow_loopback and (target.scheme == "http" or is_loopback(target.host) or target.host == "localhost"):
            return is_loopback(address)
        return is_public(address)

    def _connect(self, target: Target, address: str, deadline: Deadline) -> DeadlineStream:
        raw = socket.create_connection((address, target.port), timeout=max(min(deadline.left(), CONNECT_SECONDS), 0.01))
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if raw.getpeername()[0] != address:
                raise AddressRefused
            if target.scheme == "http":
                return DeadlineStream(raw, deadline)
            raw.settimeout(deadline.left())
            return DeadlineStream((self._tls or _tls()).wrap_socket(raw, server_hostname=target.host), deadline)
        except BaseException:
            raw.close()
            raise


@cache
def _tls() -> ssl.SSLContext:
    """Reads the certificate store: 30 ms, once per warm environment."""
    return ssl.create_default_context()


def _head(target: Target, request: WebhookRequest) -> bytes:
    headers: Mapping[str, str] = {
        "host": target.host_header,
        "user-agent": USER_AGENT,
        "accept": "*/*",
        "connection": "close",
        "content-length": str(len(request.body)),
        **request.headers,
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


def _read_answer(stream: DeadlineStream, deadline: Deadline) -> tuple[int, str, int | None]:
    """Status, the beginning of the body, Retry-After. A body that is cut off or drips does not unmake the status."""
    answer = HTTPResponse(stream, method="POST")  # type: ignore[arg-type]  # it asks a socket for nothing but makefile
    answer.begin()
    body = b""
    deadline.shorten(BODY_SECONDS)
    try:
        while len(body) < SHOWN_BYTES and (part := answer.read1(READ_BYTES)):
            body += part
    except (OSError, HTTPException, ValueError):
        pass
    text = body[:SHOWN_BYTES].decode("utf-8", "replace").replace("\x00", "�")
    return answer.status, text, _retry_after(answer)


def _retry_after(answer: HTTPResponse) -> int | None:
    """Seconds. An HTTP date counts from the answer's own Date: whose clock is right is no matter."""
    wanted = (answer.getheader("retry-after") or "").strip()
    if WHOLE_SECONDS.fullmatch(wanted):
        return int(wanted)
    try:
        until, now = parsedate_to_datetime(wanted), parsedate_to_datetime(answer.getheader("date") or "")
        return max(0, int((until - now).total_seconds()))
    except (ValueError, TypeError, OverflowError):
        return None
