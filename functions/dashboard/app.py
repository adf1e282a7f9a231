"""The pages a signed-in person works with."""

from roost.dialects.pages import (
    developers,
    export_messages,
    keys,
    messages,
    phones,
    read_assets,
    settings,
    start,
    usage,
    webhooks,
)
from roost.web.app import create_app, lambda_handler

app = create_app(
    start.router,
    phones.router,
    export_messages.router,
    messages.router,
    keys.router,
    developers.router,
    webhooks.router,
    usage.router,
    settings.router,
    read_assets.router,
)
handler = lambda_handler(app)
