"""Which addresses a request to a stranger's URL may reach: public ones, by our own lists.

Not by `ipaddress.is_global`: it calls multicast, NAT64, 6to4 and a cloud's platform addresses global in some versions.
The lists are IANA's special-purpose registries (RFC 6890) and what is known to answer inside clouds.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

IPV4_REFUSED = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform
        "169.254.0.0/16",  # link-local: metadata of every cloud, Lambda's own endpoints
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)

IPV6_ALLOWED = IPv6Network("2000::/3")
"""Leaves out loopback, mapped and translated IPv4, NAT64, unique local, link-local, site-local and multicast."""

IPV6_REFUSED = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)

ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
"""An interface id that begins so carries an IPv4 address (RFC 5214)."""


def is_public(address: str) -> bool:
    """False for everything that is no public unicast address, and for what is no address at all."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return _is_public_v4(parsed) if isinstance(parsed, IPv4Address) else _is_public_v6(parsed)


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in IPV4_REFUSED)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in IPV6_ALLOWED:
        return False
    return not any(address in network for network in IPV6_REFUSED) and address.packed[8:12] not in ISATAP
