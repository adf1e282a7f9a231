"""Accept a message, in every dialect that sends."""

from roost.dialects.eightms import send_message as eightms
from roost.dialects.sms_for_ai import send_message as sms_for_ai
from roost.dialects.smsdora import send_message as smsdora
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, smsdora.router, sms_for_ai.router)
handler = lambda_handler(app)
