"""The two listening addresses, bound before the engine starts and handed over by descriptor."""

import os
import socket
from dataclasses import dataclass

from dev.cloud.options import LOOPBACK, Options

EVERYWHERE = ("0.0.0.0", "::", "")


class AddressError(Exception):
    """Another process listens there, or the address is not one of this machine's."""


@dataclass(frozen=True)
class Listeners:
    """Descriptors and ports of the AWS endpoint and of the front door."""

    engine_descriptor: int
    engine_port: int
    front_descriptor: int
    front_host: str
    front_port: int

    @property
    def endpoint(self) -> str:
        """Base URL of the AWS endpoint."""
        return f"http://{LOOPBACK}:{self.engine_port}"

    @property
    def front(self) -> str:
        """Base URL of the HTTP API, as seen from this machine."""
        host = LOOPBACK if self.front_host in EVERYWHERE else self.front_host
        return f"http://{host}:{self.front_port}"


def bind_listeners(options: Options) -> Listeners:
    """Bind both addresses; raises AddressError with what to do.

    A port that is looked up and closed again could be taken by somebody else before the engine is up.
    """
    engine = _bind(LOOPBACK, options.port, "--port")
    try:
        front = _bind(options.front_host, options.front_port, "--front")
    except AddressError:
        engine.close()
        raise
    return Listeners(
        engine_port=engine.getsockname()[1],
        engine_descriptor=_hand_over(engine),
        front_host=options.front_host,
        front_port=front.getsockname()[1],
        front_descriptor=_hand_over(front),
    )


def _bind(host: str, port: int, flag: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressError(
            f"cannot listen on {host}:{port} ({error.strerror}); stop what runs there or choose another with {flag}"
        ) from error
    return listener


def _hand_over(listener: socket.socket) -> int:
    descriptor = listener.detach()
    os.set_inheritable(descriptor, True)
    return descriptor
