"""What delivers webhooks, for the functions that do."""

from __future__ import annotations

import os
from functools import cache
from urllib.parse import urlsplit

import boto3

from roost.domain.public_addresses import is_loopback
from roost.outbound.lanes import Lanes
from roost.outbound.webhook_http import WebhookHttp
from roost.runtime.deps import CLIENT_CONFIG
from roost.runtime.settings import settings


@cache
def webhook_http() -> WebhookHttp:
    return WebhookHttp(allow_loopback=runs_on_this_machine())


def runs_on_this_machine() -> bool:
    """Whether AWS itself is a process on loopback: then receivers may be there, too.

    Not a setting, so that nobody can set it in the cloud: with such an endpoint no function there could do anything.
    """
    return is_loopback(urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).hostname or "")


@cache
def lanes() -> Lanes:
    return Lanes(boto3.client("lambda", config=CLIENT_CONFIG), settings().deliver_webhook_function)
