"""Conversations, one with its messages or pages of them."""

from roost.dialects.eightms import read_conversations
from roost.web.app import create_app, lambda_handler

app = create_app(read_conversations.router)
handler = lambda_handler(app)
