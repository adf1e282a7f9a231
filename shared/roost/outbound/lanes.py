"""Gives an endpoint an invocation of its own, in which nobody waits for it but itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class Lanes:
    """`function`: name of the one that works off what an endpoint is owed."""

    def __init__(self, client: LambdaClient, function: str) -> None:
        self._client = client
        self._function = function

    def drain(self, account: str, endpoint: str) -> None:
        """Lambda keeps the request and repeats it when it fails. Twice is once: the endpoint's lease sees to it."""
        payload = json.dumps({"account": account, "endpoint": endpoint, "since": 0})
        self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload.encode())
