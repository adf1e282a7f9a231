"""Cancel, reschedule or resend a message."""

from roost.dialects.eightms import change_message as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
