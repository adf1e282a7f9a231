"""What classifies replies, where the stack has a model for it."""

from __future__ import annotations

from functools import cache

import boto3
from botocore.config import Config

from roost.outbound.reply_classifier import ReplyClassifier
from roost.outbound.reply_queue import ReplyQueue
from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings

PATIENCE = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
"""Two tries end within the function's time-out; what still fails comes back from the queue."""


@cache
def reply_queue() -> ReplyQueue | None:
    """None: the stack classifies nothing."""
    if not settings().reply_model:
        return None
    return ReplyQueue(boto3.client("sqs", config=CLIENT_CONFIG), settings().replies_queue)


@cache
def reply_classifier() -> ReplyClassifier:
    return ReplyClassifier(boto3.client("bedrock-runtime", config=PATIENCE), settings().reply_model)
