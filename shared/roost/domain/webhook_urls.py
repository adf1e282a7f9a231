"""Which URLs a webhook may have, as far as their text tells. Addresses are checked where they are resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from roost.domain.errors import InvalidRequest
from roost.domain.public_addresses import is_loopback, is_public

LONGEST_URL = 2_048
HTTPS_PORTS = frozenset({443, 8_443})

SPECIAL_USE = (
    "localhost", "local", "localdomain", "internal", "intranet", "home.arpa", "arpa", "lan", "home", "corp", "test",
    "invalid", "example", "onion", "alt", "amazonaws.internal",
)  # fmt: skip
"""Names that mean something else in every network (RFC 6761, RFC 8375) or only inside one."""

URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<target>[^#]*)", re.IGNORECASE)
AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9a-f:.]*:[0-9a-f:.]*)\]|(?P<host>[^:\[\]]*))(?::(?P<port>\d{1,5}))?", re.IGNORECASE
)
PRINTABLE = re.compile(r"[!-~]+")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOOPBACK_NAME = "localhost"


@dataclass(frozen=True, slots=True)
class Target:
    """`host`: a lower-case name or the text of an address; `path`: with its query, as it goes on the request line."""

    scheme: str
    host: str
    port: int
    path: str
    is_address: bool

    @property
    def host_header(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == (443 if self.scheme == "https" else 80) else f"{shown}:{self.port}"


def parse_target(url: str, *, allow_loopback: bool = False) -> Target:
    """Raises InvalidRequest naming the rule that is broken. `allow_loopback`: also http to this machine, for the local
    cloud."""
    match = _matched(url)
    host, port = _host_and_port(match["authority"])
    scheme = match["scheme"].lower()
    path = match["target"] if match["target"].startswith("/") else f"/{match['target']}"
    if allow_loopback and (host == LOOPBACK_NAME or is_loopback(host)):
        return Target(scheme, host, port or (443 if scheme == "https" else 80), path, host != LOOPBACK_NAME)
    if scheme != "https":
        raise _refused("must begin with https://")
    port = 443 if port is None else port
    if port not in HTTPS_PORTS:
        raise _refused("must use port 443 or 8443")
    return Target("https", host, port, path, _checked_host(host))


def _matched(url: str) -> re.Match[str]:
    if not 1 <= len(url) <= LONGEST_URL:
        raise _refused(f"must have 1 to {LONGEST_URL} characters")
    if not PRINTABLE.fullmatch(url):
        raise _refused("must be ASCII without spaces: write the host as xn--… and percent-encode the path")
    if "\\" in url:
        raise _refused("must not contain a backslash")
    match = URL.fullmatch(url)
    if match is None:
        raise _refused("must be a URL like https://example.com/hook, without a #fragment")
    return match


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise _refused("must not contain a user name or password")
    match = AUTHORITY.fullmatch(authority)
    if match is None or "%" in authority:
        raise _refused("has a host that cannot be read")
    host = (match["v6"] or match["host"]).lower().removesuffix(".")
    return host, int(match["port"]) if match["port"] else None


def _checked_host(host: str) -> bool:
    """True when the host is an address, which is then public."""
    if _is_literal(host):
        if not is_public(host):
            raise _refused("must not point to a private, reserved or local address")
        return True
    labels = host.split(".")
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise _refused("has a host that is no DNS name")
    if any(host == name or host.endswith(f".{name}") for name in SPECIAL_USE):
        raise _refused("has a host name that is reserved for local networks")
    if len(labels) < 2 or not labels[-1][0].isalpha():
        raise _refused("must have a full host name like example.com, or a public address in its usual form")
    return False


def _is_literal(host: str) -> bool:
    try:
        IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        return False
    return True


def _refused(problem: str) -> InvalidRequest:
    return InvalidRequest.of("url", problem)
