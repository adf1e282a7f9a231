"""The queue of replies that wait to be classified. It carries ids only."""

from __future__ import annotations

import json
from typing import Any


class ReplyQueue:
    """`client`: boto3's for SQS."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def put(self, account: str, message_id: int) -> None:
        """Twice is once: a reply is labeled once."""
        body = json.dumps({"account": account, "message": message_id})
        self._client.send_message(QueueUrl=self._url, MessageBody=body)
