"""Names to addresses, within a time limit that the system's own resolver does not know."""

from __future__ import annotations

import socket
import threading


class ResolveFailed(Exception):
    """The name has no address, or none in time."""


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Every A and AAAA answer, as text, in the order of the system. Raises ResolveFailed."""
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        except (OSError, UnicodeError) as error:
            failed.append(error)
        else:
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    # A thread of its own: getaddrinfo cannot be interrupted. One that is left behind ends by itself.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(seconds, 0))
    if asking.is_alive() or failed or not found:
        raise ResolveFailed
    return list(found)
