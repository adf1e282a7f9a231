"""A message led to what it asked for: reported with a key, or by following its link."""

from roost.dialects.sms_for_ai import report_conversion as sms_for_ai
from roost.web.app import create_app, lambda_handler

app = create_app(sms_for_ai.router, sms_for_ai.public_router)
handler = lambda_handler(app)
