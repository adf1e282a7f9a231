"""Cancel, reschedule or resend messages, one or a group of them."""

from roost.dialects.eightms import change_group as eightms_group
from roost.dialects.eightms import change_message as eightms
from roost.dialects.sms8 import resend as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, eightms_group.router, sms8.router)
handler = lambda_handler(app)
