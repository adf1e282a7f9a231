"""Create, list and revoke API keys."""

from roost.dialects.eightms import manage_keys as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
