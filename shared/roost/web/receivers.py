"""What checks and calls the URLs of webhooks, for the routes that take one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from roost.outbound.webhook_http import WebhookHttp
from roost.runtime.webhooks import webhook_http


def receivers() -> WebhookHttp:
    return webhook_http()


async def _receivers() -> WebhookHttp:
    return receivers()


Receivers = Annotated[WebhookHttp, Depends(_receivers)]
