"""Send and check one-time codes; their settings."""

from roost.dialects.eightms import verify_codes as eightms
from roost.dialects.sms8 import verify_codes as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, sms8.router)
handler = lambda_handler(app)
