"""Our own paths on the engine port: `/_roost/drain` and `/_roost/pollers`."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

from dev.cloud.pollers import Pollers

DRAIN_SECONDS = 30.0


class Control:
    """Answers tests and people about the pollers."""

    def __init__(self) -> None:
        self.pollers: Pollers | None = None

    async def __call__(self, method: str, path: str, query: bytes) -> tuple[int, Any]:
        """`POST /_roost/drain?seconds=30` waits until the streams are empty; `GET /_roost/pollers` looks."""
        if self.pollers is None:
            return 503, {"message": "the pollers are not started yet"}
        if (method, path) == ("POST", "/_roost/drain"):
            seconds = float(parse_qs(query.decode()).get("seconds", [DRAIN_SECONDS])[0])
            drained = await asyncio.to_thread(self.pollers.drain, seconds)
            return (200 if drained else 504), {"drained": drained, "pollers": self.pollers.describe()}
        if (method, path) == ("GET", "/_roost/pollers"):
            return 200, {"pollers": self.pollers.describe()}
        return 404, {"message": "use POST /_roost/drain or GET /_roost/pollers"}
