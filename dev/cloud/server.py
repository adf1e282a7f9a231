"""Serving the engine and the front door from one event loop."""

import asyncio
import contextlib
import resource
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from dev.cloud.options import LOOPBACK
from dev.cloud.sockets import Listeners

BACKLOG = 1024
KEEP_ALIVE_SECONDS = 75
LOOK_SECONDS = 0.005


def start_server(application: Any, listeners: Listeners, until: Callable[[], Awaitable[Any]]) -> asyncio.Task[None]:
    """Serve on both descriptors until `until()` returns."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    config = Config()
    config.bind = [f"fd://{listeners.engine_descriptor}", f"fd://{listeners.front_descriptor}"]
    config.backlog = BACKLOG
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.keep_alive_max_requests = 1_000_000
    config.graceful_timeout = 0.2
    config.loglevel = "WARNING"
    return asyncio.create_task(serve(application, config, shutdown_trigger=until))


async def until_reachable(port: int, server: asyncio.Task[None]) -> None:
    """Return when the port accepts connections; raises what stopped the server."""
    while True:
        if server.done():
            server.result()
            raise RuntimeError("the server ended while it was starting")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.close()
            return
        await asyncio.sleep(LOOK_SECONDS)
