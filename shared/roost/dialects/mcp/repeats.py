"""A call made again within a minute sends nothing again: clients repeat what timed out, models what they forgot."""

from __future__ import annotations

import hashlib
import json

from roost.dialects.mcp.tool import Arguments
from roost.domain.api_keys import ApiKey
from roost.domain.instants import MINUTE
from roost.usecases.submission import Idempotency

KNOWN_FOR = MINUTE

NOTE = "The very same was sent less than a minute ago, so nothing was sent again. repeat=true sends it again."


def idempotency_of(key: ApiKey, tool: str, arguments: Arguments, *, repeat: bool) -> Idempotency | None:
    """By key, tool and arguments. None if it shall be sent whatever was before."""
    if repeat:
        return None
    sent = arguments.model_dump_json(exclude={"repeat"})
    digest = hashlib.sha256(json.dumps(["mcp", key.id, tool, sent]).encode()).hexdigest()
    return Idempotency(digest, digest, KNOWN_FOR)
