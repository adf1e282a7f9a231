"""Read, answer, archive, assign or stop a conversation."""

from roost.dialects.eightms import manage_conversations
from roost.web.app import create_app, lambda_handler

app = create_app(manage_conversations.router)
handler = lambda_handler(app)
