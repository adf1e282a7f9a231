"""Send and check one-time codes; their settings."""

from roost.dialects.eightms import verify_codes as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
