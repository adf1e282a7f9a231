"""Cancel, reschedule or resend a message."""

from roost.dialects.eightms import change_message as eightms
from roost.dialects.sms8 import resend as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, sms8.router)
handler = lambda_handler(app)
