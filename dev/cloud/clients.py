"""boto3 clients of this cloud, never of a real account."""

from typing import Any

import boto3
from botocore.config import Config

ROOT_KEY = "test"  # the engine's root user: it may do everything, whatever the functions may

# a function may run for minutes; the pollers wait for it, and retrying is theirs to decide
PATIENT = Config(read_timeout=900, retries={"total_max_attempts": 1}, max_pool_connections=50)


class Clients:
    """Makes clients for one endpoint and region. Threads need a client each only for bandwidth, not for safety."""

    def __init__(self, endpoint: str, region: str) -> None:
        self._endpoint = endpoint
        self._session: Any = boto3.Session(
            aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=region
        )

    def of(self, service: str) -> Any:
        """A client of one AWS service."""
        return self._session.client(service, endpoint_url=self._endpoint, config=PATIENT)
