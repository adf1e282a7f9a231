"""Read messages, one with its timeline or pages of them, and missed calls."""

from roost.dialects.eightms import list_calls
from roost.dialects.eightms import read_messages as eightms
from roost.dialects.sms8 import read_messages as sms8
from roost.dialects.sms_for_ai import read_messages as sms_for_ai
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, list_calls.router, sms8.router, sms_for_ai.router)
handler = lambda_handler(app)
