"""The warm environment's mail client."""

from __future__ import annotations

from functools import cache

import boto3

from roost.outbound.mail import Mail
from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings


@cache
def mail() -> Mail:
    return Mail(boto3.client("sesv2", config=CLIENT_CONFIG), settings().mail_from)
