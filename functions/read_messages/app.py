"""Read messages, one with its timeline or pages of them, and missed calls."""

from roost.dialects.eightms import list_calls, read_messages
from roost.web.app import create_app, lambda_handler

app = create_app(read_messages.router, list_calls.router)
handler = lambda_handler(app)
