"""Campaigns: drafts, previews, how far they are, start, pause, resume, cancel."""

from roost.dialects.eightms import manage_campaigns
from roost.web.app import create_app, lambda_handler

app = create_app(manage_campaigns.router)
handler = lambda_handler(app)
