"""The pages on which people are written to: inbox, contacts, campaigns."""

from roost.dialects.pages import conversation, inbox
from roost.web.app import create_app, lambda_handler

app = create_app(inbox.router, conversation.router)
handler = lambda_handler(app)
