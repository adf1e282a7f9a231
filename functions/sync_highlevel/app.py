"""Connect HighLevel, take what it delivers, and show how the mirror does."""

from roost.dialects.highlevel import receive
from roost.dialects.pages import highlevel
from roost.web.app import create_app, lambda_handler

app = create_app(highlevel.router, receive.router)
handler = lambda_handler(app)
