"""Accept messages, one or many, in every dialect that sends."""

from roost.dialects.eightms import send_batch as eightms_batch
from roost.dialects.eightms import send_message as eightms
from roost.dialects.sms8 import send as sms8
from roost.dialects.sms_for_ai import send_message as sms_for_ai
from roost.dialects.smsdora import send_message as smsdora
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, eightms_batch.router, smsdora.router, sms_for_ai.router, sms8.router)
handler = lambda_handler(app)
