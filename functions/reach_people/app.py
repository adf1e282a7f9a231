"""The pages on which people are written to: inbox, contacts, campaigns."""

from roost.dialects.pages import campaign, campaigns, contact, contacts, conversation, imports, inbox, lists
from roost.web.app import create_app, lambda_handler

app = create_app(
    inbox.router,
    conversation.router,
    contacts.router,
    contact.router,
    lists.router,
    imports.router,
    campaigns.router,
    campaign.router,
)
handler = lambda_handler(app)
