"""The pages a signed-in person works with."""

from roost.dialects.pages import keys, messages, phones, read_assets, start
from roost.web.app import create_app, lambda_handler

app = create_app(start.router, phones.router, messages.router, keys.router, read_assets.router)
handler = lambda_handler(app)
