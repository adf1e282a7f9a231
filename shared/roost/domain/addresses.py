"""From where a key may be used: IPv4 and IPv6 addresses and networks."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network


def canonical_network(text: str) -> str:
    """`203.0.113.7` or `2001:db8::/32`, as kept. Raises ValueError with a sentence for whoever wrote it."""
    try:
        network = ip_network(text.strip())
    except ValueError:
        raise ValueError(_what_is_wrong(text.strip())) from None
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _what_is_wrong(text: str) -> str:
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        return "is no IPv4 or IPv6 address or range, they look like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32"
    return f"has bits set behind its prefix: {meant} is the range it lies in"


def is_allowed(source: str, networks: Iterable[str]) -> bool:
    """Whether `source` lies in one of the networks. An address nobody can read lies in none."""
    try:
        address = ip_address(source)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ip_network(network) for network in networks)
